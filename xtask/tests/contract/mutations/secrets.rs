//! Secrets in instructions, which the family `secrets` reports. The values are composed here, so that this file has none.

use crate::world::{BACKEND, FRONTEND};

/// A place: the file, and the text that is replaced once.
type Place = (&'static str, &'static str);

const WEB: Place = (FRONTEND, "EXPOSE 3000\n");
const API: Place = (BACKEND, "EXPOSE 8000\n");

/// Returns the places with the new texts.
pub(super) fn rows() -> Vec<(Place, String)> {
    let key = format!("sk-proj-{}", "Zx8Qm2Vb7Lp4Rt9Wk3Ys6Nd1Hf5Gc0Ja".repeat(2));
    let random = "kT9vXq2LmZ7pRw4NcY8sBd3H".to_owned();
    let token = format!("ghp{}{}", '_', "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5");
    let url = format!("postgresql://app:{random}@db.example.org/app");
    let web = |text: &str| (WEB, format!("EXPOSE 3000\n{text}\n"));
    let api = |text: &str| (API, format!("EXPOSE 8000\n{text}\n"));
    vec![
        api("ARG DATABASE_URL"),
        api("ARG OPENAI_API_KEY"),
        api("ENV BETTER_AUTH_SECRET="),
        api("ENV DATABASE_URL=$URL"),
        api(&format!("ENV DATABASE_URL={url}")),
        api(&format!("ARG OPENAI_API_KEY={key}")),
        api(&format!("ENV KEY={key}")),
        api(&format!("ENV BETTER_AUTH_SECRET {random}")),
        api(&format!("LABEL key=\"{key}\"")),
        api(&format!("LABEL database={url}")),
        api(&format!("RUN curl -H 'Authorization: Bearer {token}' https://example.org/x")),
        api(&format!("RUN export DB_PASSWORD={random} && python main.py")),
        api(&format!("RUN <<EOF\nexport OPENAI_API_KEY={key}\nEOF")),
        api(&format!("COPY <<EOF /app/.env\nOPENAI_API_KEY={key}\nEOF")),
        web(&format!("ENV NPM_TOKEN={token}")),
        web(&format!("RUN npm config set //registry.npmjs.org/:_authToken={token}")),
        web(&format!("RUN git clone https://x:{token}@example.org/a.git")),
        web(&format!("HEALTHCHECK CMD curl -u app:{random} http://127.0.0.1:3000/")),
        web("COPY .env ./"),
        web("COPY .env.production ./"),
        web("COPY .netrc ./"),
        web("COPY id_rsa /keys/id_rsa"),
        web("ADD deploy/id_ed25519 /keys/"),
        web("ARG SESSION_SECRET"),
        web("ARG NPM_TOKEN\nENV TOKEN=$NPM_TOKEN"),
    ]
}
