/*
 * The kernel around utrace as the tree at 3e0a686d625 has it, as far as SIGKILL and a group stop need it:
 * schedule and try_to_wake_up; send_signal with prepare_signal, wants_signal and complete_signal; dequeue_signal and
 * recalc_sigpending; do_signal_stop and get_signal_to_deliver; do_exit with exit_signals and exit_notify; the loop
 * before user mode.
 *
 * Left out: every signal but SIGKILL and SIGSTOP, hence SIGCONT and what follows it (the CLD flags); INTERRUPT; the
 * reaping of a leader. No scenario that is modelled has them.
 */


inline wake_up(t, mask)
{
	FENCE; /* the write barrier, and the lock behind it */
	LOCK(RQ_LOCK(t));
	LOAD(r, STATE(t));
	if
	:: r & (mask) ->
		STORE(ON_RQ(t), 1);
		STORE(STATE(t), RUNNING)
	:: else
	fi;
	UNLOCK(RQ_LOCK(t))
}

inline schedule()
{
	LOCK(RQ_LOCK(me));
	LOAD(r, STATE(me));
	if
	:: r != RUNNING ->
		LOAD(r, SIGPENDING(me));
		LOAD(f, PENDING(me));
		if
		:: r && (f & KILL) -> STORE(STATE(me), RUNNING)
		:: else -> STORE(ON_RQ(me), 0)
		fi
	:: else
	fi;
	LOAD(r, ON_RQ(me));
	UNLOCK(RQ_LOCK(me));
	if
	:: r
	:: else ->
		/* Asleep: off the queue, seen by all, until somebody puts the task on it and drops the queue's lock. */
		FENCE;
		mem[ON_RQ(me)] == 1;
		LOCK(RQ_LOCK(me));
		UNLOCK(RQ_LOCK(me))
	fi
}

inline signal_wake_up(t, mask)
{
	SET_BIT(SIGPENDING(t));
	if
	:: (mask) != 0 -> wake_up(t, mask)
	:: else
	fi
}

/* SIGKILL to the process. */
inline kill()
{
	LOCK(SIGLOCK);
	LOAD(r, SHARED);
	STORE(SHARED, r | KILL);
	LOAD(r, EXITING(0));
	LOAD(f, EXITING(1));
	LOAD(n, SIG_FLAGS);
	if
	:: (!r || (tasks == 2 && !f)) && !(n & GROUP_EXIT) ->
		STORE(SIG_FLAGS, GROUP_EXIT);
		STORE(STOP_COUNT, 0);
		exit_code = SIGKILL;
		other = 0;
		do
		:: other < tasks ->
			LOAD(r, PENDING(other));
			STORE(PENDING(other), r | KILL);
			signal_wake_up(other, STOPPED | TRACED);
			other++
		:: else -> break
		od;
		other = 0
	:: else
	fi;
	UNLOCK(SIGLOCK)
}

/* SIGSTOP to the process. A thread that has stopped does not want it. */
inline stop_group()
{
	LOCK(SIGLOCK);
	LOAD(r, SHARED);
	STORE(SHARED, r | STOP);
	other = 0;
	do
	:: other < tasks ->
		LOAD(r, STATE(other));
		LOAD(f, EXITING(other));
		if
		:: r == RUNNING && !f ->
			signal_wake_up(other, 0);
			break
		:: else -> other++
		fi
	:: else -> break
	od;
	other = 0;
	UNLOCK(SIGLOCK)
}

/* siglock is held. Nobody uses INTERRUPT, so utrace forces nothing. */
inline recalc_sigpending()
{
	LOAD(r, STOP_COUNT);
	LOAD(f, PENDING(me));
	LOAD(n, SHARED);
	if
	:: r || f || n -> SET_BIT(SIGPENDING(me))
	:: else -> CLEAR_BIT(SIGPENDING(me))
	fi
}

/* siglock is held; `ret` is the signal. Own signals come first, and SIGKILL before SIGSTOP. */
inline dequeue(mask)
{
	LOAD(f, PENDING(me));
	LOAD(n, SHARED);
	if
	:: f & KILL & (mask) -> STORE(PENDING(me), f & ~KILL); ret = KILL
	:: else ->
		if
		:: n & KILL & (mask) -> STORE(SHARED, n & ~KILL); ret = KILL
		:: !(n & KILL & (mask)) && (n & STOP & (mask)) -> STORE(SHARED, n & ~STOP); ret = STOP
		:: !(n & KILL & (mask)) && !(n & STOP & (mask)) -> ret = 0
		fi
	fi;
	recalc_sigpending();
	if
	:: ret == STOP ->
		LOAD(r, SIG_FLAGS);
		STORE(SIG_FLAGS, r | STOP_DEQUEUED)
	:: else
	fi
}

/* siglock is held, and no longer if `ret` is 1. */
inline do_signal_stop()
{
	ret = 0;
	LOAD(n, STOP_COUNT);
	LOAD(r, SIG_FLAGS);
	if
	:: n == 0 && (!(r & STOP_DEQUEUED) || (r & GROUP_EXIT))
	:: else ->
		if
		:: n == 0 ->
			n = 1;
			other = 0;
			do
			:: other < tasks ->
				if
				:: other != me ->
					LOAD(r, EXITING(other));
					LOAD(f, STATE(other));
					if
					:: !r && f == RUNNING -> n++; signal_wake_up(other, 0)
					:: else
					fi
				:: else
				fi;
				other++
			:: else -> break
			od;
			other = 0;
			STORE(STOP_COUNT, n)
		:: else
		fi;
		/* No engine asks for JCTL, so nothing comes in between. */
		STORE(STOP_COUNT, n - 1);
		if
		:: n == 1 -> STORE(SIG_FLAGS, STOP_STOPPED)
		:: else
		fi;
		STORE(STATE(me), STOPPED);
		UNLOCK(SIGLOCK);
		if
		:: n == 1 ->
			LOCK(TASKLIST);
			SAY(PARENT, W_CLD_STOPPED, 0, 0);
			STORE(GROUP_STOPPED, 1);
			CLEAR_BIT(TASKLIST) /* a reader's release is a locked instruction */
		:: else
		fi;
		schedule();
		LOAD(r, UFLAGS(me));
		if
		:: r -> finish_jctl()
		:: else
		fi;
		ret = 1
	fi
}

/* No engine watches the signals sent here but SIGKILL, which is not offered. Does not return from a fatal one. */
inline get_signal_to_deliver()
{
	LOCK(SIGLOCK);
	do
	:: true ->
		LOAD(r, STOP_COUNT);
		ret = 0;
		if
		:: r -> do_signal_stop()
		:: else
		fi;
		if
		:: ret -> LOCK(SIGLOCK) /* start over */
		:: else ->
			LOAD(r, UFLAGS(me));
			ret = 0;
			if
			:: r -> utrace_get_signal()
			:: else -> dequeue(KILL | STOP)
			fi;
			if
			:: ret == AGAIN -> LOCK(SIGLOCK)
			:: ret == KILL -> UNLOCK(SIGLOCK); break
			:: ret == STOP ->
				do_signal_stop();
				if
				:: ret -> LOCK(SIGLOCK)
				:: else
				fi
			:: ret == 0 -> UNLOCK(SIGLOCK); break
			fi
		fi
	od;
	if
	:: ret == KILL ->
		f = exit_code;
		do_exit()
	:: else
	fi
}

/* exit_signals takes no lock: the group is empty or exits already. */
inline do_exit()
{
	LOAD(r, UFLAGS(me));
	if
	:: r & EXIT -> report_exit()
	:: else
	fi;
	STORE(EXITING(me), 1);
	FENCE;
	LOCK(TASKLIST);
	/* The leader's death is told when all are dead; another thread is reaped at once. */
	if
	:: tasks == 1 || mem[EXIT_STATE(1 - me)] ->
		if
		:: exit_code -> SAY(PARENT, W_CLD_KILLED, exit_code, 0)
		:: else -> SAY(PARENT, W_CLD_EXITED, 0, 0)
		fi
	:: else
	fi;
	STORE(EXIT_STATE(me), 1);
	CLEAR_BIT(TASKLIST);
	FENCE;
	LOAD(r, UFLAGS(me));
	if
	:: r & (DEATH | QUIESCE) -> report_death()
	:: else
	fi;
	false /* for ever */
}

/* The flags are looked at once for both. */
inline user_mode()
{
	do
	:: atomic { mem[SIGPENDING(me)] || mem[NOTIFY(me)] -> taken = mem[SIGPENDING(me)]; resume = mem[NOTIFY(me)] };
		if
		:: taken -> taken = 0; get_signal_to_deliver()
		:: else
		fi;
		if
		:: resume ->
			resume = 0;
			CLEAR_BIT(NOTIFY(me));
			LOAD(r, UFLAGS(me));
			if
			:: r -> utrace_resume()
			:: else
			fi
		:: else
		fi
	od
}
