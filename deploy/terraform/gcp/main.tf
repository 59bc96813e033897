# What Fairlead's nodes need in a Google Cloud project: a service account, and secrets without a value that it may read. Enter each login with
# the command in the output `enter_login`: it is not in Terraform's state.

terraform {
  required_version = ">= 1.3"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 5.0"
    }
  }
}

variable "project" {
  description = "The project of the nodes."
  type        = string
}

variable "account_id" {
  description = "The service account of the nodes, without its domain: `fairlead cloud list` shows it."
  type        = string
}

variable "secret_names" {
  description = "Secrets with registry logins, as in registry_login_secret."
  type        = set(string)
}

resource "google_service_account" "nodes" {
  project    = var.project
  account_id = var.account_id
}

resource "google_secret_manager_secret" "login" {
  for_each  = var.secret_names
  project   = var.project
  secret_id = each.value

  replication {
    auto {}
  }
}

# On each secret, not on the project.
resource "google_secret_manager_secret_iam_member" "login" {
  for_each  = google_secret_manager_secret.login
  project   = var.project
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.nodes.member
}

output "service_account" {
  description = "For the machines, with the scope cloud-platform."
  value       = google_service_account.nodes.email
}

output "enter_login" {
  description = "The command that asks for each login."
  value = {
    for name in var.secret_names : name =>
    "fairlead secret document --username USERNAME --server REGISTRY_HOST | gcloud secrets versions add ${name} --project=${var.project} --data-file=-"
  }
}
