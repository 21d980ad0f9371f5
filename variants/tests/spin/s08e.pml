/* S8e: the tracer stops a task in a group stop and steps it, against SIGKILL. The group stop is on its way from the
   start. -DASK_C15 says also whether the task calls back while the tracer, with the lock, takes it for stopped. */

#include "threads.pml"

proctype tracer(byte me)
{
	LOCALS;
	mem[GROUP_STOPPED] == 1;
	control(A_STOP);
	control(A_SINGLESTEP)
}

init {
	atomic {
		tasks = 1;
		mem[ON_RQ(0)] = 1;
		mem[SHARED] = STOP;
		mem[SIGPENDING(0)] = 1;
		attached(EXIT | DEATH);
		START_BUFFERS;
		run task(0, false);
		run tracer(2);
		run killer(3, GROUP_STOPPED);
		run outcome()
	}
}
