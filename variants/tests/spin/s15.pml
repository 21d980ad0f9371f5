/* S15: a task that stopped at the entry of a system call is killed, and then stepped by the same tracer. */

#include "threads.pml"

proctype tracer(byte me)
{
	LOCALS;
	mem[HAS_STOPPED] == 1;
	kill();
	control(A_BLOCKSTEP)
}

init {
	atomic {
		tasks = 1;
		mem[ON_RQ(0)] = 1;
		attached(ENTRY);
		START_BUFFERS;
		run task(0, true);
		run tracer(2);
		run outcome()
	}
}
