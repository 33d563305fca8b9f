// Manifests by which a deployment runs on Kubernetes, for the stacks of the catalog.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/serve.h"

namespace millwright {

/// A file of YAML.
struct Manifest {
    std::string name, text;
};

/// `notes` say of each kind of stack why it has no file, or what its file leaves out.
struct ManifestsMade {
    std::vector<Manifest> files;
    std::vector<std::string> notes;
};

/// Every name that a manifest's file can have.
inline constexpr std::string_view manifest_names[]{"dynamo.yaml", "llm-d.yaml",
                                                   "llm-d-router.yaml"};

/// Of a feasible deployment, by the stacks that run its engine's release on its chips. Names of
/// objects are made of the model's, whatever it is: small letters, digits and dashes.
ManifestsMade manifests_of(const Catalog& catalog, const Engine& engine, const ServeAnswer& answer);

}  // namespace millwright
