# SPDX-License-Identifier: GPL-3.0-or-later
# A recording for the tests of figures.

header=host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes,page_table_bytes
header+=,kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us,system_us,status,reason

# A recording of so many models at 1, 1 k and 100 k tasks, three runs each; every fifth model fails at 100 k.
write_recording() {
    echo "$header"
    awk -v models="$1" 'BEGIN {
        split("thread process fiber async callback kernel actor", family)
        for (m = 1; m <= models; m++)
            for (tasks = 1; tasks <= 100000; tasks *= tasks == 1 ? 1000 : 100)
                for (run = 1; run <= 3; run++) {
                    row = sprintf("rig,model-%02d,%s,%d,%d", m, family[m % 7 + 1], tasks, run)
                    if (m % 5 == 0 && tasks == 100000) {
                        print row ",end,1,,,,,,,,,,,,,,failed,\"EAGAIN at 32,731\""
                        continue
                    }
                    memory = 2097152 + 4096 * (m + run) + tasks * m * 500
                    printf "%s,hold,1,,,,,%d,,,%d,,,,,,,\n", row, memory, 8192 + tasks * m
                    printf "%s,end,2,,,,,%d,,,,,,,,,ok,\n", row, memory
                }
    }'
}
