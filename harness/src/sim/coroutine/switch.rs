//! The switch of stacks: what a suspended stack is, and how the processor goes from one to another.
//!
//! A thread hands over to the next one directly: one switch, and nothing runs in between. The
//! registers that a function must preserve are declared as overwritten, so that the compiler saves
//! those in use and no others; the frame pointer and the base pointer, which cannot be declared,
//! are pushed. What is resumed gets an order from who resumed it.
//!
//! Deviation: floating-point control words are not switched; nobody changes them.

use super::super::event::{Kind, Place};
use super::super::ticket::Ticket;
use super::repeat::Repeat;
use corosensei::stack::{DefaultStack, Stack as _};
use std::arch::asm;

#[cfg(not(all(unix, any(target_arch = "x86_64", target_arch = "aarch64"))))]
compile_error!("lockstep switches stacks itself and can do so on x86-64 and aarch64 Unix only");

/// A suspended stack: its stack pointer, above which lie the two registers, and where it goes on.
/// Meaningless while it runs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(in crate::sim) struct Context {
    stack: *mut usize,
    code: usize,
}

impl Context {
    pub(in crate::sim) const NONE: Context = Context { stack: std::ptr::null_mut(), code: 0 };
}

/// Go on.
pub(super) const GO_ON: usize = 0;
/// The stack is abandoned: unwind it.
pub(super) const UNWIND: usize = 1;

/// Suspends the running stack into `from` and resumes `to`. Returns, once somebody resumes `from`,
/// the order given then.
///
/// # Safety
/// `to` holds a stack that `switch` suspended or `prepare` made and that was not resumed since;
/// `from` is where others look for the running one. No reference that another stack may use
/// meanwhile is alive.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) unsafe fn switch(from: *mut Context, to: *const Context, order: usize) -> usize {
    let mut passed = order;
    // SAFETY: all registers but rsp, rbp and rbx are declared as overwritten, these three are
    // restored; memory below the stack pointer is not in use, since the block is not declared as
    // leaving the stack alone.
    unsafe {
        asm!(
            "lea rax, [rip + 2f]",
            "push rbp",
            "push rbx",
            "mov [rdi], rsp",
            "mov [rdi + 8], rax",
            "mov rsp, [rsi]",
            "jmp [rsi + 8]",
            "2:",
            "pop rbx",
            "pop rbp",
            in("rdi") from,
            in("rsi") to,
            inout("rdx") passed,
            out("r12") _, out("r13") _, out("r14") _, out("r15") _,
            clobber_abi("sysv64"),
        );
    }
    passed
}

/// As above.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(super) unsafe fn switch(from: *mut Context, to: *const Context, order: usize) -> usize {
    let mut passed = order;
    // SAFETY: all registers but sp, x29 and x19 are declared as overwritten, these three are
    // restored, and x18 belongs to the platform.
    unsafe {
        asm!(
            "stp x29, x19, [sp, #-16]!",
            "mov x9, sp",
            "adr x10, 2f",
            "stp x9, x10, [x0]",
            "ldp x9, x10, [x1]",
            "mov sp, x9",
            "br x10",
            "2:",
            "ldp x29, x19, [sp], #16",
            in("x0") from,
            in("x1") to,
            inout("x2") passed,
            out("x20") _, out("x21") _, out("x22") _, out("x23") _, out("x24") _,
            out("x25") _, out("x26") _, out("x27") _, out("x28") _,
            clobber_abi("C"),
        );
    }
    passed
}

/// As `switch`, of a stack on which nothing is left.
///
/// # Safety
/// As for `switch`.
#[inline(always)]
pub(super) unsafe fn leave(from: *mut Context, to: *const Context) {
    // SAFETY: passed on to the caller.
    unsafe { switch(from, to, GO_ON) };
    unreachable!("a thread that has ended goes on")
}

/// Bytes of stack a thread has, the guard page not counted.
const STACK_SIZE: usize = 256 * 1024;

/// A stack for one closure after the other.
pub(super) struct Stack(DefaultStack);

impl Stack {
    pub(super) fn new() -> Stack {
        Stack(DefaultStack::new(STACK_SIZE).expect("the system has no memory left for a stack"))
    }

    /// Where its guard page begins.
    pub(super) fn limit(&self) -> usize {
        self.0.limit().get()
    }

    /// Where it begins, and what is on it ends.
    pub(super) fn top(&self) -> usize {
        self.0.base().get()
    }

    /// The stack, without whatever is on it, where it is going to begin with this function.
    #[inline(always)]
    pub(super) fn prepare(&self, first: First) -> Context {
        // SAFETY: the stack is ours. What was on it has ended or is unwound: an execution begins
        // when all is cleared away of the one before, and what could not be has kept its stack.
        unsafe { prepare(first, self.0.base().get() as *mut usize) }
    }
}

/// Where the running stack is.
#[inline(always)]
pub(in crate::sim) fn stack_pointer() -> usize {
    let at: usize;
    // SAFETY: reads a register.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!("mov {}, rsp", out(reg) at, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        asm!("mov {}, sp", out(reg) at, options(nomem, nostack, preserves_flags));
    }
    at
}

/// Whether [`with_local_state`] can be used.
pub(in crate::sim) const FINDS_LOOPS: bool = cfg!(target_arch = "x86_64");

/// Calls `then` with the same arguments and a hash, in two words, of the registers that a function
/// must preserve, and of the stack from its caller on up to `top`.
///
/// It is assembly because stacks hold what was never written, which Rust must not read. It calls
/// instead of returning the hash, or that would lie on the stack when it is hashed the next time.
///
/// # Safety
/// `top` is where the running stack ends.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn with_local_state(
    ticket: Ticket,
    kind: Kind,
    place: Place,
    top: usize,
    then: Repeat,
) {
    // Each word of the hash is a chain of steps that lose nothing: exclusive or, a multiplication
    // by an odd number, a rotation. The return address is the first on the stack, and says who
    // asks.
    std::arch::naked_asm!(
        "mov r11, r8",
        "movabs rax, 0x9e3779b97f4a7c15",
        "movabs r10, 0xc2b2ae3d27d4eb4f",
        "mov r8, rbx",
        "mov r9, rbp",
        "imul r8, rax",
        "imul r9, r10",
        "xor r8, r12",
        "xor r9, r13",
        "imul r8, rax",
        "imul r9, r10",
        "ror r8, 29",
        "ror r9, 31",
        "xor r8, r14",
        "xor r9, r15",
        "imul r8, rax",
        "imul r9, r10",
        "push rsi",
        "lea rsi, [rsp + 8]",
        "2:",
        "cmp rsi, rcx",
        "jae 3f",
        "ror r8, 29",
        "ror r9, 31",
        "xor r8, [rsi]",
        "xor r9, [rsi]",
        "imul r8, rax",
        "imul r9, r10",
        "add rsi, 8",
        "jmp 2b",
        "3:",
        "pop rsi",
        "jmp r11",
    )
}

/// Overwrites what calls that have returned have left on the stack, some way down: what is local to
/// a thread is to be the same if it does the same, and functions leave gaps in their frames.
///
/// # Safety
/// There is so much room on the stack.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn wipe() {
    std::arch::naked_asm!("mov ecx, 256", "lea rdi, [rsp - 2048]", "xor eax, eax", "rep stosq", "ret",)
}

/// As above, where nobody looks.
///
/// # Safety
/// None.
#[cfg(not(target_arch = "x86_64"))]
pub(super) unsafe fn wipe() {}

/// As `with_local_state`, where nothing is known and nobody asks.
///
/// # Safety
/// None.
#[cfg(not(target_arch = "x86_64"))]
pub(super) unsafe fn with_local_state(_: Ticket, _: Kind, _: Place, _: usize, _: Repeat) {
    unreachable!("no loop is found here")
}

/// The first function on a stack. It is called from nowhere and never returns.
pub(super) type First = extern "C" fn();

/// An empty stack on which a function is going to run.
///
/// # Safety
/// `top` is the end of a stack that belongs to nobody else, with room for a frame.
#[inline(always)]
unsafe fn prepare(first: First, top: *mut usize) -> Context {
    // SAFETY: the caller says that there is room. The top is aligned, and so is the stack pointer
    // where the function begins.
    unsafe {
        let code = first as *const () as usize;
        if cfg!(target_arch = "x86_64") {
            // The return address.
            let stack = top.sub(1);
            stack.write(0);
            Context { stack, code }
        } else {
            Context { stack: top, code }
        }
    }
}
