/* S3: the tracer resumes a task that stopped at the entry of a system call, against SIGKILL. */

#include "threads.pml"

proctype tracer(byte me)
{
	LOCALS;
	mem[HAS_STOPPED] == 1;
	control(A_RESUME)
}

init {
	atomic {
		tasks = 1;
		mem[ON_RQ(0)] = 1;
		attached(ENTRY);
		START_BUFFERS;
		run task(0, true);
		run tracer(2);
		run killer(3, HAS_STOPPED);
		run outcome()
	}
}
