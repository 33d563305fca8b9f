#include "millwright/api/calibrate.h"

namespace millwright {

Result<CalibrateAnswer> calibrate(const CalibrateQuestion& question, const Setting& setting) {
    return calibrate(question.table, setting.catalog, question.options);
}

}  // namespace millwright
