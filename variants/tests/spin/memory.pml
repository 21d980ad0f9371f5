/*
 * The memory of the model: sequentially consistent, or with a store buffer for each thread (-DTSO).
 *
 * LOAD and STORE are single accesses, each a step of its own. A locked instruction (SET_BIT, CLEAR_BIT, a lock taken)
 * is a full barrier, as on x86; a lock is released by a plain store. The words of a lock are words like any other, so
 * that whoever waits for a lock without taking it may look too early.
 *
 * Every thread has a number, `me`. A buffer holds DEPTH stores, which is enough: STORE asserts it.
 */

#define THREADS 4
#define WORDS   40

byte mem[WORDS];

#ifdef TSO

#define DEPTH 6

byte stores[THREADS];
byte store_to[THREADS * DEPTH];
byte store_of[THREADS * DEPTH];

inline LOAD(value, word)
{
	d_step {
		value = mem[word];
		at = 0;
		do
		:: at < stores[me] ->
			if
			:: store_to[me * DEPTH + at] == (word) -> value = store_of[me * DEPTH + at]
			:: else
			fi;
			at++
		:: else -> break
		od;
		at = 0
	}
}

inline STORE(word, value)
{
	d_step {
		assert(stores[me] < DEPTH);
		store_to[me * DEPTH + stores[me]] = word;
		store_of[me * DEPTH + stores[me]] = value;
		stores[me]++
	}
}

#define DRAINED (stores[me] == 0)

/* The buffer of thread `me` gives one store after the other to the memory, at any time. */
proctype buffer(byte me)
{
	byte at;
end:	do
	:: d_step {
		stores[me] > 0 ->
		mem[store_to[me * DEPTH]] = store_of[me * DEPTH];
		stores[me]--;
		at = 0;
		do
		:: at < stores[me] ->
			store_to[me * DEPTH + at] = store_to[me * DEPTH + at + 1];
			store_of[me * DEPTH + at] = store_of[me * DEPTH + at + 1];
			at++
		:: else -> break
		od;
		store_to[me * DEPTH + stores[me]] = 0;
		store_of[me * DEPTH + stores[me]] = 0;
		at = 0
	}
	od
}

#define START_BUFFERS run buffer(0); run buffer(1); run buffer(2); run buffer(3)

#else

#define LOAD(value, word)  value = mem[word]
#define STORE(word, value) mem[word] = value
#define DRAINED            true
#define START_BUFFERS      skip

#endif

#define FENCE           DRAINED
#define SET_BIT(word)   d_step { DRAINED -> mem[word] = 1 }
#define CLEAR_BIT(word) d_step { DRAINED -> mem[word] = 0 }
#define LOCK(word)      d_step { DRAINED && mem[word] == 0 -> mem[word] = 1 }
#define UNLOCK(word)    STORE(word, 0)

/* Waits until the lock is seen free, and takes nothing. A thread sees its own buffered release. */
inline wait_unlocked(word)
{
	LOAD(seen, word);
	if
	:: seen == 0
	:: else -> mem[word] == 0
	fi
}
