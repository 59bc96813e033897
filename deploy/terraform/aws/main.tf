# What Fairlead's nodes need in an AWS account: a role with its instance profile, the right to read the registry logins, and secrets without
# a value. Enter each login with the command in the output `enter_login`: it is not in Terraform's state.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "role_name" {
  description = "The role of the nodes: `fairlead cloud list` shows it."
  type        = string
}

variable "secret_names" {
  description = "Secrets with registry logins, as in registry_login_secret."
  type        = set(string)
}

variable "kms_key_arn" {
  description = "The key that encrypts them, if it is your own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that is created."
  type        = map(string)
  default     = {}
}

data "aws_partition" "this" {}
data "aws_region" "this" {}

resource "aws_iam_role" "nodes" {
  name = var.role_name
  tags = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = data.aws_partition.this.partition == "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_instance_profile" "nodes" {
  name = var.role_name
  role = aws_iam_role.nodes.name
  tags = var.tags
}

resource "aws_secretsmanager_secret" "login" {
  for_each   = var.secret_names
  name       = each.value
  kms_key_id = var.kms_key_arn
  tags       = var.tags
}

resource "aws_iam_role_policy" "registry_logins" {
  name = "fairlead-registry-logins"
  role = aws_iam_role.nodes.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "FairleadReadsRegistryLogins"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = [for secret in aws_secretsmanager_secret.login : secret.arn]
      }],
      # Only through Secrets Manager, and only for these secrets.
      [for key in var.kms_key_arn[*] : {
        Sid      = "FairleadDecryptsRegistryLogins"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = [key]
        Condition = {
          StringEquals = { "kms:ViaService" = ["secretsmanager.${data.aws_region.this.name}.amazonaws.com"] }
          StringLike   = { "kms:EncryptionContext:SecretARN" = [for secret in aws_secretsmanager_secret.login : secret.arn] }
        }
      }],
    )
  })
}

output "instance_profile" {
  description = "For the machines."
  value       = aws_iam_instance_profile.nodes.name
}

output "enter_login" {
  description = "The command that asks for each login."
  value = {
    for name, secret in aws_secretsmanager_secret.login : name =>
    "fairlead secret document --username USERNAME --server REGISTRY_HOST | aws secretsmanager put-secret-value --region ${data.aws_region.this.name} --secret-id ${secret.arn} --secret-string file:///dev/stdin"
  }
}
