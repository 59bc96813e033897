/** Leaves zod's JSON Schema generator out of the console: nothing here uses it, and every kind of schema refers to its part of it. */
import type { Plugin } from 'vite'

const schemas = /\/zod\/v4\/classic\/schemas\.js$/

/** If zod changes its text, nothing matches and the console only grows. */
const namesOfParts =
  /inst\._zod\.processJSONSchema = \(ctx, json, params\) => processors\.\w+\(inst, ctx, json, params\);/g
const methods = /create(?:Standard|To)JSONSchemaMethod\(this, [^)]+\)(?:\(params\))?/g

export function leanZod(): Plugin {
  return {
    name: 'lean-zod',
    apply: 'build',
    transform: (code, id) =>
      schemas.test(id) ? { code: code.replace(namesOfParts, '').replace(methods, 'undefined'), map: null } : undefined,
  }
}
