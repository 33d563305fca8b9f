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
/// node", "400 Gb/s RDMA per GPU"); zero if it states none. A number of cards is of a node. Of
/// several cards those count that are named for compute, else InfiniBand, else the largest sum;
/// cards of storage and management, and those too slow for training, never.
Bandwidth printed_rate_per_chip(const std::string& printed, double chips_per_node);

/// The network that so many chips come with: their server's, on a rail-optimised fat tree. A chip
/// that no server has is put into the default one.
Network network_of_chip(const Catalog& catalog, const Chip& chip, double chips);

/// The family of a printed network's collectives and the rate of its cards; else the network stays
/// as it is. An empty family leaves that of the server.
void use_printed_fabric(const Catalog& catalog, const std::string& printed, double chips_per_node,
                        const std::string& family, Network& network);

/// Sets chip and network of the row, whose chips are known; returns why it cannot. What the words
/// of the row say of its network is not known yet.
std::string resolve_row_system(const Cells& cells, const Catalog& catalog, TrainingRow& row);

/// Rate and collectives of the network, and the format of the products, as the row says them. A
/// format without a known rate on that chip becomes BF16, which is told.
void use_row_words(const Cells& cells, const Catalog& catalog, const Word& said, TrainingRow& row);

}  // namespace millwright
