//! Compares what every node lists with what it should list, and reports the differences.

use super::CANONICAL;
use super::images::ExpectedImage;
use super::listing::other_names;
use super::node::NodeFacts;
use super::nodes::Node;
use super::verdict::TagState;
use crate::domain::image::{ImageReference, short_id};
use crate::domain::problem::Problem;
use crate::domain::text::{count, ticked_list};

/// The last answer of a node.
#[derive(Clone, Debug)]
pub struct NodeAnswer {
    /// The node with its facts; if it gave no answer, with its former facts.
    pub node: Node,
    /// Why the node gave no answer; none if it did.
    pub silent: Option<String>,
}

impl NodeAnswer {
    /// Whether the node answered, and has these images.
    pub fn has_all(&self, images: &[&ExpectedImage]) -> bool {
        self.silent.is_none() && self.node.has_all(images)
    }
}

/// The result of comparing one image on one node.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The name of the node's machine.
    pub node: String,
    /// The reference that was loaded.
    pub reference: ImageReference,
    /// The config digest that the node must list for it.
    pub expected: String,
    /// What the node lists under the reference.
    pub found: TagState,
    /// Running containers of what was found instead.
    holders: Vec<String>,
    /// Other names of the image or like the reference, and whether each is the expected image.
    elsewhere: Vec<(String, bool)>,
    /// Why the node could not be asked; what it listed before proves nothing.
    pub silent: Option<String>,
}

impl Proof {
    /// Whether exactly the expected image carries the tag.
    pub fn holds(&self) -> bool {
        self.found == TagState::Expected
    }

    /// Every image on every node.
    pub fn of_all(answers: &[NodeAnswer], expected: &[ExpectedImage]) -> Vec<Self> {
        let of_image = |image| answers.iter().map(move |answer| Self::of(&answer.node, image, answer.silent.clone()));
        expected.iter().flat_map(of_image).collect()
    }

    /// One image on one node that was asked, or gave no answer.
    fn of(node: &Node, image: &ExpectedImage, silent: Option<String>) -> Self {
        let found = if silent.is_some() { TagState::Missing } else { node.found(image) };
        let holders = match &found {
            TagState::Other(id) => holders(&node.facts, id),
            _ => Vec::new(),
        };
        Self {
            node: node.name.clone(),
            reference: image.reference().clone(),
            expected: image.digest.clone(),
            elsewhere: match &found {
                TagState::Missing if silent.is_none() => other_names(node.images(), image.reference(), &image.digest),
                _ => Vec::new(),
            },
            found,
            holders,
            silent,
        }
    }
}

fn holders(facts: &NodeFacts, id: &str) -> Vec<String> {
    facts.holders.iter().filter(|(image, _)| image == id).map(|(_, name)| name.clone()).collect()
}

/// The problems of a load that has not taken effect everywhere; `said` is what programs said meanwhile.
pub fn failures(profile: &str, expected: &[ExpectedImage], proofs: &[Proof], said: &[String]) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        proofs.iter().filter(|proof| !proof.holds()).map(|proof| problem(profile, proof)).collect();
    let Some(last) = problems.last_mut() else { return problems };
    last.notes.extend(said.iter().cloned());
    let done: Vec<String> =
        expected.iter().filter(|image| is_proven(image, proofs)).map(|image| image.reference().to_string()).collect();
    if !done.is_empty() {
        let verb = if done.len() == 1 { "is" } else { "are" };
        last.notes.push(format!("{} {verb} on every node", ticked_list(&done)));
    }
    problems
}

/// Whether every node has an image.
pub fn is_proven(image: &ExpectedImage, proofs: &[Proof]) -> bool {
    proofs.iter().filter(|proof| proof.reference == *image.reference()).all(Proof::holds)
}

fn problem(profile: &str, proof: &Proof) -> Problem {
    let Proof { node, reference, expected, found, holders, elsewhere, silent } = proof;
    let found = match (found, silent) {
        (_, Some(_)) => "nothing is known, as the node gives no answer".to_owned(),
        (TagState::Missing, _) => "no image under this tag".to_owned(),
        (TagState::Several(ids), _) => {
            let ids: Vec<&str> = ids.iter().map(|id| short_id(id)).collect();
            format!("several images under this tag: {}", ticked_list(&ids))
        }
        (TagState::Other(id), _) if holders.is_empty() => format!("sha256:{}   another image", short_id(id)),
        (TagState::Other(id), _) => {
            let used = count(holders.len(), "running container");
            format!("sha256:{}   another image, used by {used}: {}", short_id(id), ticked_list(holders))
        }
        (TagState::Expected, _) => String::new(),
    };
    let problem = Problem::new(format!(
        "loading `{reference}` into profile `{profile}` did not take effect on node `{node}`\n  expected  sha256:{}   the image of this machine's engine\n  found     {found}",
        short_id(expected)
    ));
    let problem = match silent {
        Some(reason) if reason.trim().is_empty() => problem.cause("it printed nothing"),
        Some(reason) => problem.cause(reason.trim()),
        None => problem,
    };
    let problem = other_name(problem, profile, reference, elsewhere);
    problem.hint(format!("look into the node with `minikube logs --profile {profile}`, then run the command again"))
}

/// An image that is there under a name that pods do not ask for.
fn other_name(problem: Problem, profile: &str, reference: &ImageReference, names: &[(String, bool)]) -> Problem {
    if names.is_empty() {
        return problem;
    }
    let shown: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    let problem = problem
        .note(format!("the node has {}, which a pod that asks for `{reference}` does not find", ticked_list(&shown)));
    match names.iter().find(|(_, is_expected)| *is_expected) {
        None => problem,
        Some((name, _)) => problem.hint(format!(
            "give it the name that pods ask for: `minikube image tag {name} {CANONICAL}{reference} --profile {profile}`"
        )),
    }
}
