//! From the text of a program to the instructions of its threads.

use super::{Instruction, Program, State};
use lockstep::graph::{Fence, Order};
use std::collections::BTreeMap;

/// Reads a row.
pub fn parse(text: &str, parameters: &str) -> Program {
    let mut parser = Parser::default();
    for parameter in parameters.split(',').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').expect("a parameter has a value");
        parser.constants.insert(name.to_owned(), value.parse().expect("a parameter is a number"));
    }
    for part in text.split(" | ") {
        parser.words = lex(part);
        parser.at = 0;
        match parser.take().as_str() {
            "init" => parser.initial_values(),
            "arr" => parser.array(),
            name => {
                assert!(name.starts_with('T'), "a thread in {text:?}");
                parser.replicated();
            }
        }
    }
    let Parser { threads, initial, registers_max, .. } = parser;
    Program { threads, initial, registers: registers_max, states: Vec::new() }
}

fn lex(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let from = at;
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        if characters[at].is_whitespace() {
            at += 1;
            continue;
        }
        if is_word(characters[at]) {
            while at < characters.len() && is_word(characters[at]) {
                at += 1;
            }
        } else {
            let pair: String = characters[at..].iter().take(2).collect();
            let pairs = ["==", "!=", ">=", "<=", "&&", "||", "<<", "++", "--", ".."];
            at += if pairs.contains(&pair.as_str()) { 2 } else { 1 };
        }
        words.push(characters[from..at].iter().collect());
    }
    words
}

#[derive(Default)]
struct Parser {
    words: Vec<String>,
    at: usize,
    constants: BTreeMap<String, i64>,
    locations: BTreeMap<String, usize>,
    /// Of the current thread.
    registers: BTreeMap<String, usize>,
    registers_max: usize,
    initial: Vec<u64>,
    code: Vec<Instruction>,
    threads: Vec<Vec<Instruction>>,
}

impl Parser {
    fn peek(&self) -> &str {
        self.words.get(self.at).map_or("", String::as_str)
    }

    fn take(&mut self) -> String {
        self.at += 1;
        self.words[self.at - 1].clone()
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) {
        assert!(self.accept(word), "expected {word:?} at {:?}", &self.words[self.at..]);
    }

    /// The value of an expression of constants.
    fn constant(&mut self) -> i64 {
        let from = self.code.len();
        self.expression();
        let mut state = State::default();
        for instruction in self.code.split_off(from) {
            state.compute(instruction);
        }
        state.stack[0]
    }

    fn location_named(&mut self, name: String) -> usize {
        let next = self.initial.len();
        let location = *self.locations.entry(name).or_insert(next);
        if location == next {
            self.initial.push(0);
        }
        location
    }

    fn initial_values(&mut self) {
        while self.at < self.words.len() {
            let name = self.take();
            self.expect("=");
            let value = self.constant();
            let location = self.location_named(name);
            self.initial[location] = value as u64;
            self.accept(",");
        }
    }

    fn array(&mut self) {
        let name = self.take();
        self.expect("[");
        let length = self.constant();
        self.expect("]");
        self.locations.insert(name, self.initial.len());
        self.initial.resize(self.initial.len() + length as usize, 0);
    }

    fn replicated(&mut self) {
        let mut range = 0..1;
        let mut index = None;
        if self.accept("[") {
            index = Some(self.take());
            self.expect("=");
            let first = self.constant();
            self.expect("..");
            range = first..self.constant() + 1;
            self.expect("]");
        }
        self.expect(":");
        let body = self.at;
        for number in range {
            self.at = body;
            self.registers.clear();
            if let Some(index) = &index {
                self.constants.insert(index.clone(), number);
            }
            while self.at < self.words.len() {
                self.statement();
            }
            self.threads.push(std::mem::take(&mut self.code));
        }
        index.map(|index| self.constants.remove(&index));
    }

    fn statement(&mut self) {
        if self.accept(";") {
            return;
        }
        if self.accept("{") {
            while !self.accept("}") {
                self.statement();
            }
            return;
        }
        match self.peek().to_owned().as_str() {
            "if" => {
                self.take();
                let over = self.condition();
                self.statement();
                self.code[over] = Instruction::JumpIfZero(self.code.len());
            }
            "while" => {
                self.take();
                let begin = self.code.len();
                let over = self.condition();
                self.statement();
                self.code.push(Instruction::Jump(begin));
                self.code[over] = Instruction::JumpIfZero(self.code.len());
            }
            "for" => self.for_loop(),
            _ => self.simple(),
        }
    }

    /// A condition in parentheses and the jump that leaves if it is false.
    fn condition(&mut self) -> usize {
        self.expect("(");
        self.expression();
        self.expect(")");
        self.code.push(Instruction::JumpIfZero(0));
        self.code.len() - 1
    }

    fn for_loop(&mut self) {
        self.take();
        self.expect("(");
        self.simple();
        self.expect(";");
        let begin = self.code.len();
        self.expression();
        let over = self.code.len();
        self.code.push(Instruction::JumpIfZero(0));
        self.expect(";");
        let from = self.code.len();
        self.simple();
        let advance = self.code.split_off(from);
        self.expect(")");
        self.statement();
        self.code.extend(advance);
        self.code.push(Instruction::Jump(begin));
        self.code[over] = Instruction::JumpIfZero(self.code.len());
    }

    fn register(&mut self, name: &str) -> usize {
        let next = self.registers.len();
        let register = *self.registers.entry(name.to_owned()).or_insert(next);
        self.registers_max = self.registers_max.max(register + 1);
        register
    }

    /// An assignment, or an expression.
    fn simple(&mut self) {
        self.accept("int");
        let second = self.words.get(self.at + 1).cloned().unwrap_or_default();
        match second.as_str() {
            "=" => {
                let name = self.take();
                self.take();
                // A counter that has the name of a replicated index or parameter is a register from here on.
                self.expression();
                let register = self.register(&name);
                self.code.push(Instruction::Store(register));
            }
            "++" | "--" => {
                let name = self.take();
                let operator = if self.take() == "++" { "+" } else { "-" };
                let register = self.register(&name);
                let code = [Instruction::Load(register), Instruction::Push(1), Instruction::Binary(operator)];
                self.code.extend(code);
                self.code.push(Instruction::Store(register));
            }
            _ => {
                self.expression();
                self.code.push(Instruction::Drop);
            }
        }
    }

    fn expression(&mut self) {
        self.binary(0);
    }

    fn binary(&mut self, level: usize) {
        const LEVELS: [&[&str]; 5] = [&["&&"], &["==", "!=", ">=", "<=", "<", ">"], &["<<"], &["+", "-"], &["*", "%"]];
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        self.binary(level + 1);
        while let Some(operator) = operators.iter().find(|&&operator| operator == self.peek()) {
            self.take();
            self.binary(level + 1);
            self.code.push(Instruction::Binary(operator));
        }
    }

    fn unary(&mut self) {
        if self.accept("!") {
            self.unary();
            self.code.push(Instruction::Not);
        } else if self.accept("(") {
            self.expression();
            self.expect(")");
        } else {
            self.operand();
        }
    }

    fn operand(&mut self) {
        let word = self.take();
        if let Ok(number) = word.parse() {
            self.code.push(Instruction::Push(number));
        } else if self.accept("(") {
            self.call(&word);
            self.expect(")");
        } else if let Some(&register) = self.registers.get(&word) {
            self.code.push(Instruction::Load(register));
        } else {
            let value = *self.constants.get(&word).unwrap_or_else(|| panic!("{word:?} is not known"));
            self.code.push(Instruction::Push(value));
        }
    }

    /// The address of a location.
    fn location(&mut self) {
        let name = self.take();
        let location = self.location_named(name);
        self.code.push(Instruction::Push(location as i64));
        if self.accept("[") {
            self.expression();
            self.expect("]");
            self.code.push(Instruction::Binary("+"));
        }
    }

    fn call(&mut self, name: &str) {
        match name {
            "F" => {
                let fence = match self.take().as_str() {
                    "sc" => Fence::SeqCst,
                    "acq" => Fence::Acquire,
                    "rel" => Fence::Release,
                    _ => Fence::AcquireRelease,
                };
                self.code.push(Instruction::Fence(fence));
            }
            "assert" | "assume" | "J" => {
                self.expression();
                match name {
                    "assume" => self.code.push(Instruction::Assume),
                    "J" => self.code.push(Instruction::Join),
                    _ => {}
                }
            }
            _ => self.access(name),
        }
    }

    fn access(&mut self, name: &str) {
        self.location();
        let operands = match name {
            "W" | "Wn" | "XC" | "FA" => 1,
            "CAS" => 2,
            _ => 0,
        };
        for _ in 0..operands {
            self.expect(",");
            self.expression();
        }
        let mut order = || {
            self.expect(",");
            match self.take().as_str() {
                "rlx" => Order::Relaxed,
                "acq" => Order::Acquire,
                "rel" => Order::Release,
                "ar" => Order::AcquireRelease,
                "sc" => Order::SeqCst,
                word => panic!("the order {word:?}"),
            }
        };
        let instruction = match name {
            "R" => Instruction::Read(order()),
            "W" => Instruction::Write(order()),
            "Rn" => Instruction::Read(Order::Relaxed),
            "Wn" => Instruction::Write(Order::Relaxed),
            "XC" => Instruction::Exchange(order()),
            "FA" => Instruction::Add(order()),
            "CAS" => Instruction::Replace(order()),
            "L" => Instruction::Lock,
            "U" => Instruction::Unlock,
            _ => panic!("the primitive {name:?}"),
        };
        self.code.push(instruction);
    }
}
