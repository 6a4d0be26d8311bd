//! `minikube-load` against fake clients.

mod failing;
mod help;
mod interrupts;
mod loading;
mod manifests;
mod messages;
mod pods;
mod preflight;
mod profiles;
mod scripts;
mod world;
