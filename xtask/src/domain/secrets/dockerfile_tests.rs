//! The search in a Dockerfile, instruction by instruction.

#[path = "../../../../crates/dockerfile/tests/support/growth_kinds.rs"]
mod growth_kinds;

use growth_kinds::KINDS;

use super::*;
use secretscan::Scanner;

/// Returns each finding as `line what rule`.
fn found(text: &str) -> Vec<String> {
    let declared = ["DATABASE_URL", "OPENAI_API_KEY"].map(str::to_owned);
    let detector = Detector::new(&declared, Scanner::new(Vec::new()));
    let shown = |finding: Finding| match finding.site {
        Site::Instruction { at, what, .. } => format!("{} {what} {}", at.line.unwrap(), finding.rule.id),
        other => format!("{other:?}"),
    };
    dockerfile_findings(&detector, (None, "Dockerfile"), text).into_iter().map(shown).collect()
}

/// A password without a format of its own, in an address that has one.
const ADDRESS: &str = concat!("postgresql://app:", "kD93mPq0Lx7R@db/app");

#[test]
fn names_and_values_are_judged_in_every_stage() {
    let text = format!(
        "ARG NPM_TOKEN\nFROM a AS one\nARG DATABASE_URL\nENV A=1 \\\n    DB_PASSWORD=h4nter2 \\\n    B={ADDRESS}\n\
         LABEL note=\"{ADDRESS}\"\nFROM b\nENV API_KEY kD93mPq0Lx7R\nARG PASSWORD_FILE=/run/secrets/x\nENV TOKEN=\"\"\nARG TOKEN=\n"
    );
    assert_eq!(
        found(&text),
        [
            "1 ARG NPM_TOKEN secret-name",
            "3 ARG DATABASE_URL declared-name",
            "5 ENV DB_PASSWORD secret-name",
            "6 ENV B url-password",
            "7 LABEL note url-password",
            "9 ENV API_KEY secret-name",
            "12 ARG TOKEN secret-name",
        ]
    );
}

#[test]
fn what_is_made_from_a_secret_is_one() {
    let text = "FROM a AS one\nARG NPM_TOKEN\nENV AUTH_LINE=\"x $NPM_TOKEN\"\nENV COPY_OF=${AUTH_LINE}\nFROM one\n\
                ENV LATER=$COPY_OF OTHER=$HOME\nFROM b\nENV LATER=$COPY_OF\n";
    assert_eq!(
        found(text),
        [
            "2 ARG NPM_TOKEN secret-name",
            "3 ENV AUTH_LINE made-from-secret",
            "4 ENV COPY_OF made-from-secret",
            "6 ENV LATER made-from-secret",
        ]
    );
    // The value itself, through a variable whose name does not say that it is a secret.
    let through = format!("FROM a\nARG WHERE={ADDRESS}\nENV THERE=$WHERE\n");
    assert_eq!(found(&through), ["2 ARG WHERE url-password", "3 ENV THERE url-password"]);
}

#[test]
fn commands_are_judged_wherever_they_stand() {
    let text = "FROM a\nRUN true && \\\n    export DB_PASSWORD=h4nter2 && \\\n    curl -u me:s3cr3tw0rd https://x\n\
                RUN [\"sh\", \"-c\", \"DB_PASS=h4nter2 run\"]\nCMD [\"run\", \"--password\", \"s3cr3tw0rd\"]\n\
                ENTRYPOINT run --token kD93mPq0Lx7RvT2b\nHEALTHCHECK CMD curl -H \"X-Api-Key: TOKEN\" localhost\n\
                ONBUILD ENV API_KEY=kD93mPq0Lx7R\nONBUILD RUN export DB_PASSWORD=h4nter2\nRUN <<EOF\nexport DB_PASSWORD=h4nter2\nEOF\n\
                RUN --mount=type=secret,id=x,env=TOKEN npm ci\nRUN TOKEN=$(cat /run/secrets/x) npm ci\n";
    assert_eq!(
        found(&text.replace("X-Api-Key: TOKEN", concat!("X-Api-Key: ", "kD93mPq0Lx7RvT2b"))),
        [
            "3 RUN secret-name",
            "4 RUN command-line-secret",
            "5 RUN secret-name",
            "6 CMD command-line-secret",
            "7 ENTRYPOINT command-line-secret",
            "8 HEALTHCHECK authorization-header",
            "9 ONBUILD ENV API_KEY secret-name",
            "10 ONBUILD RUN secret-name",
            "12 RUN secret-name",
        ]
    );
}

#[test]
fn secret_files_and_addresses_are_not_copied() {
    let text = "FROM a\nCOPY .env ./\nCOPY .env* src/ /app/\nADD https://me:PASSWORD@example.org/a /a\nCOPY keys/id_rsa /x\n\
                COPY .env.example config.json /app/\nCOPY <<EOF /app/a.ini\ndb_password=h4nter2\nEOF\n";
    assert_eq!(
        found(&text.replace("PASSWORD", "s3cr3tw0rd")),
        ["2 COPY secret-file", "3 COPY secret-file", "4 ADD url-password", "5 COPY secret-file", "8 COPY secret-name"]
    );
}

#[test]
fn comments_and_broken_files_are_no_place_to_hide() {
    assert_eq!(found(&format!("FROM a\n# was {ADDRESS}\nRUN true\n")), ["2  url-password"]);
    let broken = format!("FROM a\nENV\nENV DB_PASSWORD=h4nter2\nNONSENSE {ADDRESS}\n");
    assert_eq!(found(&broken), ["3  secret-name", "4  url-password"]);
}

#[test]
fn every_finding_of_a_long_dockerfile_is_told() {
    let line = |number: usize| format!("ENV DB_PASSWORD_{number}=h4nter2 A={number}\n");
    let text = format!("FROM a\n{}", (0..1000).map(line).collect::<String>());
    let told = found(&text);
    assert_eq!(told.len(), 1000);
    assert_eq!(told[999], "1001 ENV DB_PASSWORD_999 secret-name");
    let comments = format!("FROM a\n{}", format!("# {ADDRESS}\n").repeat(500));
    assert_eq!(found(&comments).len(), 500);
}

#[test]
fn an_ordinary_dockerfile_is_clean() {
    for text in [include_str!("../../../../frontend/Dockerfile"), include_str!("../../../../backend/Dockerfile")] {
        assert_eq!(found(text), Vec::<String>::new());
    }
    let text = "# syntax=docker/dockerfile:1\nARG NODE_VERSION=20\nFROM node:${NODE_VERSION}-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\
                ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305 PYTHON_SHA256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n\
                ARG TOKEN_TTL=3600\nENV PASSWORD_MIN_LENGTH=12 KEYCLOAK_URL=https://sso.example.com DB_PASSWORD_FILE=/run/secrets/db\n\
                RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\nUSER node\n";
    assert_eq!(found(text), Vec::<String>::new());
}

#[test]
fn what_reads_a_secret_from_elsewhere_is_no_finding() {
    let text = "FROM a\nRUN docker login -u me --password-stdin my-private-registry < /run/secrets/x\n\
                RUN tool --token \"$(cat /run/secrets/token)\" --password $(cat /run/secrets/p)\n\
                RUN curl https://x && su -u a:bcdef && mysql -h db app\n\
                RUN redis-cli -h cache ping; npm config set //npm.acme.dev/:_authToken=${NPM_AUTH}\n";
    assert_eq!(found(text), Vec::<String>::new());
}

#[test]
fn tools_that_take_a_password_are_known() {
    let text = "FROM a\nRUN redis-cli -h cache -a kD93mPq0Lx7R ping\nRUN echo 'app:kD93mPq0Lx7R' | chpasswd\n\
                RUN wget --http-password=s3cr3tw0rd https://x\nRUN docker login -u me -p kD93mPq0Lx7R\n\
                RUN npm config set //npm.acme.dev/:_authToken kD93mPq0Lx7R\nCOPY .ssh /x/\n";
    let lines: Vec<String> = found(text).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["2", "3", "4", "5", "6", "7"]);
}

#[test]
fn twice_the_text_is_twice_the_work_for_the_search_too() {
    let detector = Detector::new(&[], Scanner::new(Vec::new()));
    for (kind, text) in KINDS {
        let judged = |text: &str| counted::of(|| drop(dockerfile_findings(&detector, (None, "Dockerfile"), text)));
        let (small, large) = (judged(&text(100)), judged(&text(200)));
        assert!(large * 10 <= small * 22, "{kind}: {small} steps become {large}");
    }
}
