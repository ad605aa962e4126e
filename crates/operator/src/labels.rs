/// The longest value of a label.
const LONGEST_LABEL: usize = 63;

/// A name as a label's value. Names that the server gives fit; of a longer one the start has to do, and its end.
pub(crate) fn label(name: &str) -> String {
    if name.len() <= LONGEST_LABEL {
        return name.to_owned();
    }
    let half = LONGEST_LABEL / 2;
    let (start, end) = (name.get(..half), name.get(name.len() - half..));
    format!("{}x{}", start.unwrap_or_default(), end.unwrap_or_default())
}
