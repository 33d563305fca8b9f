// The kinds of jobs, a row a kind: how the keys of a [[job]] are read.
//
// A kind is an alternative of three variants (as written, resolved, reported), and each floor asks
// it by overloads, which the compiler misses where one lacks. A new kind is
//   intake/job_text.h    its name, its keys with their field table; JobText::keys lists it, which
//                        makes its row here
//   factory/job.h        the job with every name looked up; resolve_jobs.cpp says how
//   study/KIND_job.h     its report with ledgers, its engine, its price, what ranks it;
//                        job_report.h lists it, provenance.cpp says what it cites
//   report/KIND_text.h   its columns and its paragraph, a row in job_text.cpp; KIND_json.h its
//                        JSON, its objects in json.cpp; reference.cpp: its keys; page_KIND.js its
//                        sections of the page, a row in page.js
//   api/run.cpp          its step in trace.json; compare.cpp: its figures held against another's
// and docs/scenario.md; docs/reference is printed from the tables.
#pragma once

#include <set>
#include <span>

#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/job_text.h"

namespace millwright {

/// How one kind is read. `read` sets JobText::keys to the kind's alternative; what has a fault is
/// not given there.
struct JobKindRow {
    JobKind kind;
    std::set<std::string> keys;  // beside those of every job
    void (*read)(TomlReading& r, const toml::table& table, JobText& job);
};

/// In the order of `JobKind`.
std::span<const JobKindRow> job_kinds();

/// The tables [[job]] of a file. A key that another kind has is a fault that names that kind.
void read_jobs(TomlReading& r, const toml::table& root, std::vector<JobText>& jobs);

}  // namespace millwright
