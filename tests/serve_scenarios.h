// Small scenarios with serving jobs, as text and as studies.
#pragma once

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/study/study.h"

namespace millwright {

inline const std::string head =
    "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\nheadquarters = \"US\"\n";

std::string factory(const std::string& name, const std::string& server, int chips);

std::string serve(const std::string& name, const std::string& model, const std::string& more = "");

std::string train(const std::string& name, const std::string& model);

ScenarioText text_of(const std::string& text);

Study study_of(const std::string& text);

ServeReport served(const Study& study, std::size_t factory = 0, std::size_t job = 0);

}  // namespace millwright
