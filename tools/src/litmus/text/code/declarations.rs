//! The variables of a thread: how they are declared, and where each is seen.

use super::super::super::ast::{Expression, Register, RegisterId, Statement};
use super::super::super::error::LitmusError;
use super::super::super::types::Type;
use super::super::declared::{self, Base, Declared};
use super::super::lexer::{Word, WordKind};
use super::super::limits::REGISTERS_MAX;
use super::super::typed::Typed;
use super::super::words::Words;
use super::Code;

impl Code<'_> {
    pub(super) fn parameters(&mut self, words: &mut Words<'_>) -> Result<(), LitmusError> {
        words.mark("(")?;
        if words.is_name(|name| name == "void") && words.second().text == ")" {
            words.take();
        }
        while !words.is_mark(")") {
            if !self.parameters.is_empty() {
                words.mark(",")?;
            }
            let declared = declared::parse(words)?;
            if declared.stars == 0 {
                return Err(words.expected("'*': parameters are pointers to shared variables"));
            }
            let name = words.name("the name of a shared variable")?;
            if self.parameters.iter().any(|(known, _)| known == name.text) {
                return Err(LitmusError::syntax(name.position, format!("'{}' is a parameter already", name.text)));
            }
            if words.is_mark("[") {
                return Err(LitmusError::refused(
                    words.position(),
                    "arrays as parameters: write a pointer, as in 'int *x'",
                ));
            }
            let location = self.symbols.declare_shared(name.text, name.position)?;
            self.symbols.declare_as(location, declared.pointee());
            self.parameters.push((name.text.to_owned(), declared));
        }
        words.mark(")")?;
        Ok(())
    }

    /// `int r0;`, `int r0 = 1, *r1;`
    pub(super) fn declaration(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        let position = words.position();
        let base = declared::base(words)?;
        loop {
            let declared = Declared { base, stars: declared::stars(words)? };
            if declared.is_lock() {
                return Err(LitmusError::refused(position, "local locks: nobody else can take them; make them shared"));
            }
            if declared == (Declared { base: Base::Void, stars: 0 }) {
                return Err(words.expected("'*': there are no variables of type void"));
            }
            let name = words.name("the name of a local variable")?;
            if words.is_mark("[") {
                return Err(LitmusError::refused(words.position(), "local arrays: use a variable for each element"));
            }
            // As in herd, what initializes it does not know it yet.
            let value = if words.accept("=") { Some(words.nested(|words| self.expression(words))?) } else { None };
            let register = self.declare(name, declared)?;
            body.extend(value.map(|value| Statement::Assign { register, value: value.expression }));
            if !words.accept(",") {
                return words.mark(";").map(|_| ());
            }
        }
    }

    /// Names of blocks that are over may be used again; they are one register, as in herd.
    pub(super) fn declare(&mut self, name: Word<'_>, declared: Declared) -> Result<RegisterId, LitmusError> {
        if self.parameters.iter().any(|(known, _)| known == name.text) {
            let message = format!("'{}' is a parameter already", name.text);
            return Err(LitmusError::syntax(name.position, message));
        }
        let known = self.registers.iter().position(|register| register.name == name.text);
        if known.is_some_and(|known| self.scopes.iter().flatten().any(|declared| *declared == known)) {
            let message = format!("'{}' is declared already", name.text);
            return Err(LitmusError::syntax(name.position, message));
        }
        let register = match known {
            Some(known) => known,
            None => self.make(name, declared)?,
        };
        self.registers[register].ty = declared.ty();
        self.types[register] = declared;
        self.scopes.last_mut().expect("a declaration stands in a block").push(register);
        Ok(register)
    }

    pub(super) fn make(&mut self, name: Word<'_>, declared: Declared) -> Result<RegisterId, LitmusError> {
        if self.registers.len() == REGISTERS_MAX {
            let message = format!("more local variables in one thread than the limit of {REGISTERS_MAX}");
            return Err(LitmusError::limit(name.position, message));
        }
        let ty = if declared == Declared::UNKNOWN { Type::LONG } else { declared.ty() };
        self.registers.push(Register { name: name.text.to_owned(), ty, initial: 0 });
        self.types.push(declared);
        Ok(self.registers.len() - 1)
    }

    pub(super) fn check_settable(&self, name: Word<'_>) -> Result<(), LitmusError> {
        if name.kind != WordKind::Name {
            return Err(LitmusError::syntax(
                name.position,
                format!("expected a local variable, found '{}'", name.text),
            ));
        }
        if self.parameters.iter().any(|(known, _)| known == name.text) {
            let message = format!(
                "'{0}' is set, a pointer to a shared variable: *{0} is the variable; keep other addresses in a local one",
                name.text
            );
            return Err(LitmusError::refused(name.position, message));
        }
        Ok(())
    }

    /// A local variable that may be read or set here. One that is only ever set need not be
    /// declared, as in herd.
    pub fn register(&mut self, name: Word<'_>) -> Result<RegisterId, LitmusError> {
        if let Some(known) = self.registers.iter().position(|register| register.name == name.text) {
            return Ok(known);
        }
        if self.assigned.iter().any(|assigned| assigned == name.text) {
            return self.make(name, Declared::UNKNOWN);
        }
        let message = match self.symbols.shared(name.text) {
            Some(_) => {
                format!("'{0}' is undeclared in this thread: add it to the parameters, as in 'int *{0}'", name.text)
            }
            None => format!("'{}' is undeclared, and this thread never sets it", name.text),
        };
        Err(LitmusError::syntax(name.position, message))
    }

    /// A local variable that is set to a value of that type, which becomes its own if it has none.
    pub(super) fn register_set(&mut self, name: Word<'_>, value: Declared) -> Result<RegisterId, LitmusError> {
        let register = self.register(name)?;
        if self.types[register] == Declared::UNKNOWN {
            self.types[register] = value;
        }
        Ok(register)
    }

    /// The value of a register.
    pub fn of_register(&self, register: RegisterId) -> Typed {
        Typed { expression: Expression::Register(register), declared: self.types[register] }
    }
}
