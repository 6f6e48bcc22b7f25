//! Everything that has to hold before a change goes in; goes on after a failure and counts at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::needs::Purpose;
use crate::setup;
use crate::shell::Workspace;
use crate::steps::{Outcome, STEPS, Step};

/// Runs the chosen steps; whether none failed.
pub fn test(workspace: &Workspace, only: &[String], skip: &[String]) -> Result<bool> {
    let chosen = choose(only, skip)?;
    let started = Instant::now();
    setup::prepare(workspace, Purpose::Test)?;

    let mut results = Vec::new();
    for (at, step) in chosen.iter().enumerate() {
        println!("\n== {}/{} {}: {}", at + 1, chosen.len(), step.name, step.about);
        let step_started = Instant::now();
        let outcome = (step.run)(workspace).unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        println!("== {}", line(step, &outcome, step_started.elapsed()));
        results.push((*step, outcome, step_started.elapsed()));
    }

    println!();
    for (step, outcome, took) in &results {
        println!("   {}", line(step, outcome, *took));
    }
    println!(
        "\n{} in {:.0} s",
        summary(results.iter().map(|(_, outcome, _)| outcome)),
        started.elapsed().as_secs_f32()
    );
    Ok(!results.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_))))
}

/// The names for `--only` and `--skip`.
pub fn list() {
    for step in &STEPS {
        println!("{:<10} {}", step.name, step.about);
    }
}

fn choose(only: &[String], skip: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().chain(skip).find(|name| !STEPS.iter().any(|step| step.name == **name))
    {
        bail!("there is no step {unknown}; `cargo xtask test --list` names them");
    }
    let wanted = |step: &&Step| {
        let named = |list: &[String]| list.iter().any(|name| name == step.name);
        (only.is_empty() || named(only)) && !named(skip)
    };
    Ok(STEPS.iter().filter(wanted).collect())
}

fn line(step: &Step, outcome: &Outcome, took: Duration) -> String {
    let (word, why) = match outcome {
        Outcome::Passed => ("passed", String::new()),
        Outcome::Failed(why) => ("FAILED", format!("  {why}")),
        Outcome::Skipped(why) => ("skipped", format!("  {why}")),
    };
    format!("{word:<8} {:<10} {:6.1} s{why}", step.name, took.as_secs_f32())
}

/// The closing line: `9 passed, 0 failed`, and what was skipped when something was.
fn summary<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Passed => passed += 1,
            Outcome::Failed(_) => failed += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
    }
    let rest = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    format!("{passed} passed, {failed} failed{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(choose(&owned(only), &owned(skip))?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_by_name_and_keep_their_order() {
        assert_eq!(names(&["clippy", "fmt"], &[]).unwrap(), ["fmt", "clippy"]);
        assert_eq!(names(&[], &[]).unwrap().len(), STEPS.len());
        assert_eq!(names(&[], &["e2e"]).unwrap().len(), STEPS.len() - 1);
        assert!(names(&["fmt", "nonsense"], &[]).unwrap_err().to_string().contains("nonsense"));
    }

    #[test]
    fn the_closing_line_counts() {
        let failed = || Outcome::Failed(String::new());
        let skipped = Outcome::Skipped(String::new());
        assert_eq!(summary([Outcome::Passed, Outcome::Passed].iter()), "2 passed, 0 failed");
        assert_eq!(summary([Outcome::Passed, failed(), skipped].iter()), "1 passed, 1 failed, 1 skipped");
    }
}
