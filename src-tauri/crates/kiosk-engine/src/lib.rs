//! Runs the visit: owns the session, carries out its effects, answers the operator.
