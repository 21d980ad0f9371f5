//! What is said of a panic.

/// A panic of a subject is an outcome, not news: from now on only panics of Lockstep itself are
/// printed.
pub fn quiet_panics_of_subjects() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !lockstep::is_simulated() {
            usual(info);
        }
    }));
}
