// The encoder that makes tokens of images (a vision transformer, Dosovitskiy 2021).
#pragma once

#include "millwright/serve/layer_times.h"

namespace millwright {

/// Parameters of the encoder and of what brings its output to the model's width; zero where the
/// model sees no images. They are no part of a model's printed count of parameters.
double vision_parameters(const Model& model);

/// One pass of the encoder over so many images, each attending to itself alone, in BF16 and split
/// over the tensor ways as engines do. The model sees images.
PartTime vision_time(const Replica& replica, double images);

}  // namespace millwright
