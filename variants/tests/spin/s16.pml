/* S16: a task exits, and its tracer detaches without a word to it. */

#include "threads.pml"

proctype exiting(byte me)
{
	LOCALS;
	SAY(me, W_LET_THROUGH, 0, 0);
	do_exit()
}

proctype tracer(byte me)
{
	LOCALS;
	control(A_DETACH)
}

init {
	atomic {
		tasks = 1;
		mem[ON_RQ(0)] = 1;
		attached(EXIT);
		START_BUFFERS;
		run exiting(0);
		run tracer(2);
		run outcome()
	}
}
