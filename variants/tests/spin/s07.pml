/* S7: a task stops at the entry of a system call, its group stops, it is resumed, and long after it is killed. */

#include "threads.pml"

proctype tracer(byte me)
{
	LOCALS;
	mem[HAS_STOPPED] == 1;
	stop_group();
	mem[GROUP_STOPPED] == 1;
	control(A_RESUME);
	kill()
}

init {
	atomic {
		tasks = 2;
		mem[ON_RQ(0)] = 1;
		mem[ON_RQ(1)] = 1;
		attached(ENTRY);
		START_BUFFERS;
		run task(0, true);
		run task(1, false);
		run tracer(2);
		run outcome()
	}
}
