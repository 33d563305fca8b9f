// What joins the chips of a factory to each other and to their hosts.
#pragma once

#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/collective/network.h"
#include "millwright/parts/host.h"

namespace millwright {

/// A chip's part of the host's memory; none unless the server states size and rate.
Host host_of(const Catalog& catalog, const Server& server, const Chip& chip);

/// The maker that a link of the server wants and none of its parts is by; empty if all is well.
std::string vendor_missing(const Catalog& catalog, const Server& server, const Chip& chip);

/// The framework that stands in for chips of this maker: the first that lists it, else the default.
const Framework& framework_for(const Catalog& catalog, const Chip& chip);

/// What is bought beyond so many chips, where they are not whole servers; cloud slices are.
std::vector<std::string> size_notes(const Server& server, const Chip& chip, double chips);

/// "; inside 900 GB/s one way (1.8 TB/s both ways)", and the same of the host's memory.
std::string describe_rates(const Network& network, const Host& host);

}  // namespace millwright
