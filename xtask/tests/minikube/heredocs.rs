//! Heredocs as a builder that knows them reads them: which files it makes of them, and which texts it refuses. The
//! builders of Docker 20.10 know none, so this needs the current engine of the rig.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use dockerfile::{Content, Dockerfile, Outside, Source};

use crate::world::fact;

/// Dockerfiles behind `FROM scratch`, whose COPY and ADD make files of heredocs.
const READ: [&str; 25] = [
    "COPY <<EOT /f\nline\n  other \n\nEOT\nLABEL a=b\n",
    "COPY <<EOT /f\nEOT\n",
    "COPY <<EOT /f\nno end of the last line\nEOT",
    "COPY <<EOT /f\r\nline\r\nother\r\nEOT\r\nLABEL a=b\r\n",
    "COPY <<-EOT /f\n\ttabs\n\t\ttwo\n  blanks\n\tEOT\nLABEL a=b\n",
    "COPY <<-\"EOT\" /f\r\n\tline\r\n\tEOT\r\nLABEL a=b",
    "COPY <<EOT /f\nEOT \n EOT\nEOTS\nEOT\n",
    "ARG A=b\nENV C=d\nCOPY <<EOT /f\n$A ${C} ${U:-x} \\$A $$\nEOT\n",
    "ARG A=b\nCOPY <<\"EOT\" /f\n$A ${A} \\$A\nEOT\n",
    "ARG A=b\nCOPY <<'EOT' /f\n$A\nEOT\n",
    "ARG A=b\nCOPY <<\\EOT /f\n$A\nEOT\n",
    "ARG A=b\nCOPY <<-\\EOT /f\n\t$A\n\tEOT\n",
    "ARG A=b\nCOPY <<E\"O\"T /f\n$A\nEOT\n",
    "COPY <<a <<b /d/\nfirst\na\nsecond\nb\nLABEL a=b\n",
    "COPY <<a <<a /d/\nfirst\na\nsecond\na\n",
    "COPY <<a.txt <<\"b\" /d/\nFROM other\na.txt\nCOPY x /y\nb\n",
    "COPY --chmod=644 <<EOT /f\nline\nEOT\n",
    "COPY \\\n  <<EOT \\\n  /f\nline\nEOT\n",
    "COPY \\\n# a comment\n  <<EOT /f\nline\nEOT\n# another\nLABEL a=b\n",
    "COPY <<EOT /f\n# no comment\n\nline \\\nother\nEOT\n",
    "COPY <<EOT /f\nCOPY <<INNER /g\ninner\nINNER\nEOT\n",
    "ADD <<EOT /f\nline\nEOT\nCOPY <<EOT /g\nother\nEOT\n",
    "copy <<EOT /f\nline\nEOT\n",
    "# escape=`\nFROM scratch\nCOPY <<EOT `\n /f\nline ` $A `$A\nEOT\n",
    "ENV D=/d\nCOPY <<EOT $D/\n\"quoted\" 'text' é\nEOT\n",
];

/// Steps whose shell writes its heredocs, one after the other, to `/out/0`, `/out/1`, and so on.
const RUN: [&str; 7] = [
    "RUN cat <<EOT > /out/0\nline\n\n other\nEOT\n",
    "RUN cat <<A > /out/0 && cat <<B > /out/1\nfirst\nA\nFROM other\nB\n",
    "RUN true && \\\n    cat <<EOT > /out/0\nline\nEOT\n",
    "RUN cat <<-\\EOT > /out/0\n\ttabs $HOME\n\tEOT\nENV X=1\n",
    "RUN cat <<'E' > /out/0\n$HOME # no comment\nE\n# a comment\nUSER 1000\n",
    "RUN --mount=type=tmpfs,target=/tmp cat <<EOT > /out/0\nline\nEOT\n",
    "RUN cat <<EOT > /out/0\nline\nEOT\nRUN cat <<EOT > /out/1\nother\nEOT",
];

/// Dockerfiles that no builder takes.
const REFUSED: [&str; 5] = [
    "COPY <<EOT /f\nline\n",
    "COPY <<EOT /f\nEOT \n",
    "COPY <<a <<b /d/\nfirst\na\n",
    "COPY <<-EOT /f\n  EOT\n",
    "COPY <<EOT /f\nline\nEOT\nother\n",
];

type Files = BTreeMap<String, String>;

/// The files that the model says the heredocs become; none where it refuses the text.
fn expected(text: &str) -> Option<Files> {
    let dockerfile = Dockerfile::read(text, Outside::Only(&[])).ok()?;
    let mut files = Files::new();
    for instruction in &dockerfile.instructions {
        let (Content::Copy(transfer) | Content::Add(transfer)) = &instruction.content else { continue };
        let destination = transfer.destination.known().unwrap();
        for source in &transfer.sources {
            let Source::Heredoc(index) = source else { continue };
            let heredoc = &instruction.heredocs[*index];
            let path = if destination.ends_with('/') {
                format!("{destination}{}", heredoc.name)
            } else {
                destination.to_owned()
            };
            files.insert(path, heredoc.contents.known().unwrap().to_owned());
        }
    }
    Some(files)
}

/// The files that the shell makes of the heredocs of all steps.
fn expected_of_run(text: &str) -> Files {
    let dockerfile = Dockerfile::read(text, Outside::Only(&[])).unwrap();
    let runs = dockerfile.instructions.iter().filter(|instruction| matches!(instruction.content, Content::Run(_)));
    let heredocs = runs.flat_map(|instruction| &instruction.heredocs);
    heredocs.enumerate().map(|(at, heredoc)| (format!("/{at}"), heredoc.contents.known().unwrap().to_owned())).collect()
}

fn files_below(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            files_below(&entry.path(), &path, files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn heredocs_become_the_files_that_a_builder_makes_of_them() {
    let own_name = "heredocs_become_the_files_that_a_builder_makes_of_them";
    let current = |name: &str| fact(own_name, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (context, output) = (folder.path().join("context"), folder.path().join("output"));
    fs::create_dir(&context).unwrap();
    let built = |text: &str| {
        fs::write(context.join("Dockerfile"), text).unwrap();
        let _absent = fs::remove_dir_all(&output);
        let run = Command::new("docker")
            .args(["buildx", "build", "--quiet", "--output"])
            .arg(format!("type=local,dest={}", output.display()))
            .arg(&context)
            .env("DOCKER_HOST", &host)
            .env("DOCKER_CONFIG", &config)
            .env_remove("BUILDX_BUILDER")
            .output()
            .unwrap();
        let mut files = Files::new();
        if run.status.success() {
            files_below(&output, "", &mut files);
        }
        run.status.success().then_some(files).ok_or_else(|| String::from_utf8_lossy(&run.stderr).into_owned())
    };
    for text in READ {
        let text = if text.contains("FROM scratch") { text.to_owned() } else { format!("FROM scratch\n{text}") };
        let files = built(&text);
        assert_eq!(files.as_ref().ok(), expected(&text).as_ref(), "{text}\n{files:?}");
        assert!(files.is_ok_and(|files| !files.is_empty()), "{text}");
    }
    for text in RUN {
        let text = format!("FROM node:20-alpine AS b\nWORKDIR /out\n{text}\nFROM scratch\nCOPY --from=b /out /\n");
        assert_eq!(built(&text), Ok(expected_of_run(&text)), "{text}");
    }
    for text in REFUSED {
        let text = format!("FROM scratch\n{text}");
        assert!(built(&text).is_err(), "a builder takes {text}");
        assert_eq!(expected(&text), None, "{text}");
    }
}
