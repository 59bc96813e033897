/**
 * Makes columns on PostgreSQL behave as on SQLite, whatever a migration calls them and whatever the database's own rules: text compares by its bytes,
 * in order and in uniqueness, and integers have the largest size.
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
