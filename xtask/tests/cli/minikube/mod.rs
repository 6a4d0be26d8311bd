//! `minikube-load` against fake clients.

mod archives;
mod failing;
mod help;
mod interrupts;
mod loading;
mod manifests;
mod messages;
mod noise;
mod pods;
mod preflight;
mod profiles;
mod runtimes;
mod scripts;
