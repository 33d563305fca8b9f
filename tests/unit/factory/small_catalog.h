// The built-in catalog with parts of round numbers, so that factories can be worked out by hand.
#pragma once

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Adds a card "lane" of 10 GB/s and 200 ns, switches of it with 4 and 8 ports ("few" is cheaper by
/// the port), a chip "cell" of 60 GB/s inside its domain over "beam" and servers of eight of them.
Catalog small_catalog();

}  // namespace millwright
