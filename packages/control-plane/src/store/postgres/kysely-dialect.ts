/** Kysely over PostgreSQL. */
import {
  Kysely,
  OperatorNode,
  PostgresDialect,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  type BinaryOperationNode,
  type PostgresPool,
} from 'kysely'
import type { Tables } from '../row.ts'

/** The values of an `in` are sent as one array: then the statement is the same for lists of every length, and quicker to parse. */
class ArraysCompiler extends PostgresQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand, operator, rightOperand } = node
    const isIn = OperatorNode.is(operator) && operator.operator === 'in'
    if (!isIn || !PrimitiveValueListNode.is(rightOperand)) {
      super.visitBinaryOperation(node)
      return
    }
    this.visitNode(leftOperand)
    this.append(' = any(')
    this.appendValue(rightOperand.values)
    this.append(')')
  }
}

class ArraysDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new ArraysCompiler()
  }
}

export function kyselyOver(pool: PostgresPool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new ArraysDialect({ pool }) })
}
