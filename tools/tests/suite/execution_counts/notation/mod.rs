//! The notation of `execution-counts.tsv`, read into instructions for a stack machine.

mod parser;

pub use parser::parse;

use lockstep::graph::{Change, Fence, Label, Order, Step, Threads};

/// An instruction. Operands are on the stack, the last one on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instruction {
    Push(i64),
    Load(usize),
    Store(usize),
    Drop,
    Binary(&'static str),
    Not,
    JumpIfZero(usize),
    Jump(usize),
    /// Location.
    Read(Order),
    /// Location, value.
    Write(Order),
    /// Location, value.
    Exchange(Order),
    /// Location, value.
    Add(Order),
    /// Location, old, new.
    Replace(Order),
    Lock,
    Unlock,
    Fence(Fence),
    Join,
    Assume,
}

/// A program: code of each thread, and the locations.
#[derive(Clone, Debug, Default)]
pub struct Program {
    threads: Vec<Vec<Instruction>>,
    initial: Vec<u64>,
    registers: usize,
    states: Vec<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    at: usize,
    stack: Vec<i64>,
    registers: Vec<i64>,
    /// What becomes of the answer to the last event.
    answer: Answer,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answer {
    #[default]
    None,
    Push,
    /// Whether it is this.
    Compare(u64),
}

impl State {
    fn pop(&mut self) -> i64 {
        self.stack.pop().unwrap_or(0)
    }

    fn location(&mut self) -> usize {
        self.pop() as usize
    }

    /// Does what is no event. Returns whether it was one.
    fn compute(&mut self, instruction: Instruction) -> bool {
        match instruction {
            Instruction::Push(value) => self.stack.push(value),
            Instruction::Load(register) => self.stack.push(self.registers[register]),
            Instruction::Store(register) => self.registers[register] = self.pop(),
            Instruction::Drop => {
                self.pop();
            }
            Instruction::Not => {
                let value = self.pop();
                self.stack.push(i64::from(value == 0));
            }
            Instruction::Binary(operator) => {
                let right = self.pop();
                let left = self.pop();
                self.stack.push(match operator {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    "%" => left % right,
                    "<<" => left << right,
                    "&&" => i64::from(left != 0 && right != 0),
                    "==" => i64::from(left == right),
                    "!=" => i64::from(left != right),
                    ">=" => i64::from(left >= right),
                    "<=" => i64::from(left <= right),
                    "<" => i64::from(left < right),
                    _ => i64::from(left > right),
                });
            }
            Instruction::JumpIfZero(target) => {
                if self.pop() == 0 {
                    self.at = target;
                }
            }
            Instruction::Jump(target) => self.at = target,
            _ => return false,
        }
        true
    }

    /// The event of an instruction.
    fn event(&mut self, instruction: Instruction) -> Option<Step> {
        self.answer = Answer::None;
        Some(match instruction {
            Instruction::Read(order) => {
                self.answer = Answer::Push;
                Label::Read { location: self.location(), order }.into()
            }
            Instruction::Write(order) => {
                let value = self.pop() as u64;
                Label::Write { location: self.location(), value, order }.into()
            }
            Instruction::Exchange(order) | Instruction::Add(order) => {
                let value = self.pop() as u64;
                self.answer = Answer::Push;
                let is_exchange = matches!(instruction, Instruction::Exchange(_));
                let change = if is_exchange { Change::Exchange(value) } else { Change::Add(value) };
                let label = Label::Update { location: self.location(), success: order, failure: order };
                Step { label, change: Some(change) }
            }
            Instruction::Replace(order) => {
                let new = self.pop() as u64;
                let old = self.pop() as u64;
                self.answer = Answer::Compare(old);
                let label = Label::Update { location: self.location(), success: order, failure: Order::Relaxed };
                Step { label, change: Some(Change::Replace(old, new)) }
            }
            Instruction::Lock => Label::Lock(self.location()).into(),
            Instruction::Unlock => Label::Unlock(self.location()).into(),
            Instruction::Fence(fence) => Label::Fence(fence).into(),
            Instruction::Join => Label::Join(self.location()).into(),
            Instruction::Assume => {
                if self.pop() != 0 {
                    return None;
                }
                Label::Park.into()
            }
            _ => return None,
        })
    }
}

impl Threads for Program {
    fn initial(&self) -> Vec<u64> {
        self.initial.clone()
    }

    fn restart(&mut self) -> usize {
        self.states.clear();
        let registers = vec![0; self.registers];
        self.states.resize(self.threads.len(), State { registers, ..State::default() });
        self.threads.len()
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        let state = &mut self.states[thread];
        match state.answer {
            Answer::None => {}
            Answer::Push => state.stack.push(answer as i64),
            Answer::Compare(old) => state.stack.push(i64::from(answer == old)),
        }
        while let Some(&instruction) = self.threads[thread].get(state.at) {
            state.at += 1;
            if state.compute(instruction) {
                continue;
            }
            if let Some(step) = state.event(instruction) {
                return step;
            }
        }
        Label::End.into()
    }
}
