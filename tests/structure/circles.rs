//! No file needs itself by way of others.

use super::imports::House;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let house = House::of_the_program();
    let needed: Vec<Vec<usize>> = house
        .imports
        .iter()
        .map(|imports| imports.iter().map(|import| import.from).collect())
        .collect();
    let mut broken = vec![];
    for circle in circles(&needed) {
        let mut lines = vec![];
        for &file in &circle {
            for import in &house.imports[file] {
                if circle.contains(&import.from) {
                    let (file, from) = (house.path(file), house.path(import.from));
                    lines.push(format!("{file} imports {from}: {}", import.item));
                }
            }
        }
        broken.push(lines);
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The groups of files of which each needs each, directly or by way of others.
fn circles(needed: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let reached: Vec<Vec<bool>> = (0..needed.len()).map(|file| reach(needed, file)).collect();
    let mut circles: Vec<Vec<usize>> = vec![];
    for (file, reached_from_here) in reached.iter().enumerate() {
        if reached_from_here[file] && !circles.iter().flatten().any(|&other| other == file) {
            let others = 0..needed.len();
            circles.push(
                others
                    .filter(|&other| reached_from_here[other] && reached[other][file])
                    .collect(),
            );
        }
    }
    circles
}

/// What a file needs, directly or by way of others.
fn reach(needed: &[Vec<usize>], file: usize) -> Vec<bool> {
    let mut reached = vec![false; needed.len()];
    let mut open = needed[file].clone();
    while let Some(next) = open.pop() {
        if !reached[next] {
            reached[next] = true;
            open.extend(&needed[next]);
        }
    }
    reached
}

#[test]
fn a_circle_is_found_and_a_chain_is_none() {
    // 0 → 1 → 2 → 1, and 3 → 0.
    let needed = [vec![1], vec![2], vec![1], vec![0]];
    assert_eq!(circles(&needed), [[1, 2]]);
    assert!(circles(&[vec![1, 2], vec![2], vec![]]).is_empty());
}
