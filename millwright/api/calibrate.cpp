#include "millwright/api/calibrate.h"

namespace millwright {

Result<CalibrateAnswer> calibrate(const CalibrateQuestion& q, const Setting& setting) {
    FitWork work{.threads = setting.threads};
    if (setting.progress) {
        work.progress = [&](double share) { setting.progress("fitting", share); };
    }
    auto answer = q.log ? calibrate(*q.log, q.log_file, setting.catalog, q.options, work)
                        : calibrate(q.table, setting.catalog, q.options, work);
    if (setting.progress) setting.progress("", 1);
    return answer;
}

}  // namespace millwright
