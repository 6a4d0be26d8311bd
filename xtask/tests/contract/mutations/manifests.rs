//! Manifests that run another image, or with another pull policy.

use super::Mutation;

const TAG: &str = "manifest-tag";
const POLICY: &str = "manifest-pull-policy";

pub(super) const ROWS: &[Mutation] = &[
    (
        TAG,
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:latest\n    imagePullPolicy: Never\n",
        )],
    ),
    (
        TAG,
        &[(
            "k8s/web.yml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend\n    imagePullPolicy: IfNotPresent\n",
        )],
    ),
    (
        TAG,
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {image: \"docker.io/team/taskflow-frontend:latest\", imagePullPolicy: Never}\n",
        )],
    ),
    (
        TAG,
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  initContainers:\n  - image: localhost:5000/taskflow-backend\n    imagePullPolicy: Never\n",
        )],
    ),
    (
        TAG,
        &[(
            "k8s/all.yaml",
            "",
            "apiVersion: v1\nkind: Service\n---\napiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{image: taskflow-backend:latest, imagePullPolicy: IfNotPresent}]}}}\n",
        )],
    ),
    (
        TAG,
        &[(
            "k8s/list.yaml",
            "",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: batch/v1\n  kind: CronJob\n  spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: taskflow-backend, imagePullPolicy: Never}]}}}}}\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: Always\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: never\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/minikube/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/minikube/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: IfNotPresent\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/minikube/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-frontend:1.0.0\n    imagePullPolicy: Always\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/web-minikube.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-backend:1.0.0\n    imagePullPolicy: IfNotPresent\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/overlays/local/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-backend:1.0.0\n    imagePullPolicy: \"\"\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/cloud/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: registry.example.org/team/taskflow-backend:1.0.0\n    imagePullPolicy: Never\n",
        )],
    ),
    (
        POLICY,
        &[(
            "k8s/production.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: registry.example.org/team/taskflow-backend:1.0.0\n    imagePullPolicy: Always\n",
        )],
    ),
    (
        POLICY,
        &[(
            "deploy/prod/web.yaml",
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: taskflow-backend:1.0.0\n    imagePullPolicy: Never\n",
        )],
    ),
];
