// Files by which a deployment is started and checked.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "millwright/api/deploy.h"

namespace millwright {

/// Names with texts: scripts for a shell, the file of options, manifests. None of a deployment that
/// does not do or whose engine tells no options.
std::vector<std::pair<std::string, std::string>> deploy_files(const DeployAnswer& answer);

/// Every name that there can be.
std::vector<std::string> deploy_file_names();

/// The percentiles that a benchmark should find, with the bands of measurements.
std::string expected_text(const DeployAnswer& answer);

}  // namespace millwright
