//! Matches two lists, such as answers and effects.

/// The items on the left that have no partner of their own on the right, in a largest matching.
pub(super) fn without_partner(
    left: usize,
    right: usize,
    fit: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut partner_of: Vec<Option<usize>> = vec![None; right];
    let tried = |it| find(it, right, &fit, &mut partner_of, &mut vec![false; right]);
    let mut tried = tried;
    (0..left).filter(|it| !tried(*it)).collect()
}

fn find(
    it: usize,
    right: usize,
    fit: &impl Fn(usize, usize) -> bool,
    partner_of: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for other in 0..right {
        if seen[other] || !fit(it, other) {
            continue;
        }
        seen[other] = true;
        let is_free = match partner_of[other] {
            None => true,
            Some(rival) => find(rival, right, fit, partner_of, seen),
        };
        if is_free {
            partner_of[other] = Some(it);
            return true;
        }
    }
    false
}
