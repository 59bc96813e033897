/**
 * Columns on PostgreSQL as they are on SQLite, whatever a migration calls them and whatever the database's own rules are: text compares by
 * its bytes, in order and in uniqueness, and integers are as wide as they come.
 */
import { DataTypeNode, OperationNodeTransformer, RawNode, type KyselyPlugin, type OperationNode } from 'kysely'

class Columns extends OperationNodeTransformer {
  protected override transformDataType(node: DataTypeNode): DataTypeNode {
    if (node.dataType === 'text') return RawNode.createWithSql('text collate "C"') as OperationNode as DataTypeNode
    return node.dataType === 'integer' ? DataTypeNode.create('bigint') : node
  }
}

const columns = new Columns()

export const portableColumns: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => columns.transformNode(node, queryId),
  transformResult: async ({ result }) => result,
}
