/*
 * What a client can tell, and how a final state is printed: one line, the words of each thread in program order.
 *
 * A word is WORD(what, argument, offered). The process `outcome` waits until nothing else can move and prints. The
 * verifier reaches every final state, so the set of its lines is the set of outcomes.
 */

#define LENGTH 8
#define PARENT 4

short words[(THREADS + 1) * LENGTH];
byte  count[THREADS + 1];

#define WORD(what, argument, offered) ((what) * 1024 + (argument) * 8 + (offered))

inline SAY(who, what, argument, offered)
{
	d_step {
		words[(who) * LENGTH + count[who]] = WORD(what, argument, offered);
		count[who]++
	}
}

#define W_ENTRY       1
#define W_EXIT        2
#define W_DEATH       3
#define W_ABORTED     4
#define W_LET_THROUGH 5
#define W_CONTROL     6 /* argument: the action, offered: the error */
#define W_CLD_STOPPED 7
#define W_CLD_KILLED  8
#define W_CLD_EXITED  9
#define W_BUG         10
#define W_WARN        11
#define W_BELIEVED    12 /* a callback while a tracer that has the lock takes the task for stopped (C15) */

/* Nothing that any thread does behind a BUG counts; what its own thread said before it does. */
byte broken_by;

inline BUG()
{
	SAY(me, W_BUG, 0, 0);
	broken_by = me + 1;
	false /* for ever */
}

/* Errors. */
#define OK          0
#define ESRCH       1
#define EAGAIN      2
#define EALREADY    3
#define EINPROGRESS 4

/* Actions, by their numbers in the kernel. */
#define A_STOP       0
#define A_REPORT     1
#define A_SINGLESTEP 3
#define A_BLOCKSTEP  4
#define A_RESUME     5
#define A_DETACH     6

c_decl {
	static const char *action_name[] = {"STOP", "REPORT", "INTERRUPT", "SINGLESTEP", "BLOCKSTEP", "RESUME", "DETACH"};
	static const char *error_name[] = {"0", "ESRCH", "EAGAIN", "EALREADY", "EINPROGRESS"};
	static const char *thread_name[] = {"T0", "T1", "tracer", "killer", "parent"};

	static void print_word(int word)
	{
		int argument = word / 8 % 128, offered = word % 8;
		switch (word / 1024) {
		case 1:  printf(" entry/%s", action_name[offered]); break;
		case 2:  printf(" exit:%d/%s", argument, action_name[offered]); break;
		case 3:  printf(" death"); break;
		case 4:  printf(" aborted"); break;
		case 5:  printf(" let-through"); break;
		case 6:  printf(" %s=%s", action_name[argument], error_name[offered]); break;
		case 7:  printf(" CLD_STOPPED"); break;
		case 8:  printf(" CLD_KILLED:%d", argument); break;
		case 9:  printf(" CLD_EXITED:%d", argument); break;
		case 10: printf(" BUG"); break;
		case 11: printf(" WARN"); break;
		case 12: printf(" believed-stopped"); break;
		}
	}
}

/* The verifier has a macro of the name of the statement that begins the next round of a loop. */
#define PRINT_OUTCOME \
	c_code { \
		int who, at, task; \
		printf("outcome"); \
		for (who = 0; who <= 4; who++) { \
			int counts = !now.broken_by || now.broken_by == who + 1; \
			printf(" | %s:", thread_name[who]); \
			for (at = 0; counts && at < now.count[who]; at++) \
				print_word(now.words[who * 8 + at]); \
		} \
		for (task = 0; task < now.tasks && !now.broken_by; task++) { \
			int state = now.mem[task * 8], killed = now.mem[task * 8 + 4] & 1; \
			int asleep = !now.mem[task * 8 + 1]; \
			printf(" | T%d ends", task); \
			if (now.mem[task * 8 + 6]) \
				printf(" dead:%d", now.exit_code); \
			else if (state == 2) \
				printf(" TRACED%s%s", now.held && !(killed && asleep) ? "" : " lost", asleep ? "" : " awake"); \
			else if (state == 1) \
				printf(" STOPPED%s%s", now.group_stopped && !(killed && asleep) ? "" : " lost", asleep ? "" : " awake"); \
			else \
				printf(" running%s", asleep ? " lost" : ""); \
		} \
		printf("\n"); \
	}
