// The system of a table row: chip, server and network by the names that sources print.
#pragma once

#include <string>

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// The chip a printed system name means, remarks in brackets or behind a comma and further words
/// aside; null if none does. It is one of the catalog's.
const Chip* chip_of_system(const Catalog& catalog, const std::string& printed);

/// Scale-out rate of one chip, one direction, that a printed network states ("8x400G IB NDR per
/// node", "400 Gb/s RDMA per GPU"); zero if it states none. A number of cards is of a node.
Bandwidth printed_rate_per_chip(const std::string& printed, double chips_per_node);

/// The network that so many chips come with: their server's, on a rail-optimised fat tree. A chip
/// that no server has is put into the default one.
Network network_of_chip(const Catalog& catalog, const Chip& chip, double chips);

/// Rate and kind of the scale-out fabric where `printed` states them; else the network stays as it
/// is.
void use_printed_fabric(const Catalog& catalog, const std::string& printed, double chips_per_node,
                        Network& network);

/// Sets chip rates and network of the row, whose chips and precision are known; returns why it
/// cannot. A format without a known rate on that chip becomes BF16, which is told.
std::string resolve_row_system(const Cells& cells, const Catalog& catalog, TrainingRow& row);

}  // namespace millwright
