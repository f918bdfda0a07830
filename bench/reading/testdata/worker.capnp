using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "filter", worker = .filter) ],
  sockets = [ (name = "http", http = (), service = "filter") ],
);

const filter :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "filter.js", esModule = embed "filter.js"),
  ],
  compatibilityDate = "2026-01-01",
);
