// For probes: says that this server answers. It asks nothing of the backend, so that a backend in
// trouble does not get the frontend restarted as well.
export const dynamic = "force-dynamic";

export function GET(): Response {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
