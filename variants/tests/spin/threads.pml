/* The threads that scenarios share, and what they are made of. */

#include "memory.pml"
#include "words.pml"
#include "layout.pml"
#include "utrace.pml"
#include "kernel.pml"

/* A task that makes one quick system call first, or is in user mode all the time. */
proctype task(byte me; bool calls)
{
	LOCALS;
	if
	:: calls -> syscall_entry()
	:: else
	fi;
	user_mode()
}

/* Waits for a word, then sends SIGKILL. */
proctype killer(byte me, word)
{
	LOCALS;
	mem[word] == 1;
	kill()
}
