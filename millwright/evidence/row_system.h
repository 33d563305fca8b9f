// The system of a table row: chip, server and network by the names that sources print.
#pragma once

#include <string>

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// The chip a printed system name means, remarks in brackets aside; null if none does.
const Chip* chip_of_system(const Catalog& catalog, const std::string& printed);

/// Scale-out rate of one chip that a printed network states ("8x400G IB NDR per node",
/// "400 Gb/s RDMA per GPU"); zero if it states none.
Bandwidth printed_rate_per_chip(const std::string& printed, double chips_per_node);

/// The network that so many chips come with: their server's, on a rail-optimised fat tree.
Network network_of_chip(const Catalog& catalog, const Chip& chip, double chips);

/// Rate and kind of the scale-out fabric where `printed` states them.
void use_printed_fabric(const Catalog& catalog, const std::string& printed, double chips_per_node,
                        Network& network);

/// Sets chip rates and network of the row; returns why it cannot.
std::string resolve_row_system(const Cells& cells, const Catalog& catalog, TrainingRow& row);

}  // namespace millwright
