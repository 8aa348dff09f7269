//! The best shares: a minimum-cost flow from leads to members, exact, with prices that prove it. A function of values.
//!
//! What is best, in this order: the leads of the highest ranks are given, as many as can be (no two have the same rank); then what members have
//! been given, lately and now, is as even as it can be (the sum of squares is least, so that no lead could go from one member to another who
//! has two fewer); then as many as can be are with a member who is to be given them first; then they are with those who make the most of them.
//!
//! Leads that the same members may be given are one class, so that the work grows with classes, not with pairs. Leads come by their ranks, the
//! highest first; each takes the cheapest way to a member with room, moving others on the way (successive shortest paths, Dijkstra with
//! potentials). A class without a way has none later either: the members that it reaches are full, and so are all that those who
//! have their leads reach.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::assign::record::WHOLE;

/// What a lead costs that is not with one who is to be given it first: more than all chances together of two million leads.
const WISH: i128 = 1 << 42;

/// What one lead less of evenness costs, above all preferences together.
const EVEN: i128 = 1 << 64;

/// Members that leads of a class may be given to, and whether they are to be given them first.
pub(super) type Class = Vec<(usize, bool)>;

/// What is to be shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Problem {
    pub(super) classes: Vec<Class>,
    /// Of each lead its class and its rank: the higher, the sooner it is to be given. No two have the same.
    pub(super) leads: Vec<(usize, i64)>,
    /// What each member may be given.
    pub(super) room: Vec<i64>,
    /// What each has been given lately.
    pub(super) had: Vec<i64>,
    /// What each makes of a lead, in parts per million.
    pub(super) chance: Vec<i64>,
}

impl Problem {
    /// What it costs that a member has a lead, beside evenness.
    fn cost(&self, member: usize, preferred: bool) -> i128 {
        let missed = i128::from(WHOLE - self.chance[member]);
        if preferred { missed } else { WISH + missed }
    }

    /// What the lead costs in evenness that comes to so many before.
    fn level(&self, member: usize, load: i64) -> i128 {
        i128::from(2 * (self.had[member] + load) + 1) * EVEN
    }
}

/// Who gets what, and what proves that it is best.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Solution {
    /// Of each lead the member.
    pub(super) member: Vec<Option<usize>>,
    /// Of each member what one more lead would cost all others in evenness and preference.
    pub(super) prices: Vec<i128>,
    /// Of each member the highest rank (and one) of the leads that could be given to nobody and that it, or those it would make room with, may be
    /// given; 0 where there is none.
    pub(super) levels: Vec<i64>,
}

/// A node of the network on a way: a class, or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Class(usize),
    Member(usize),
}

struct Network<'p> {
    problem: &'p Problem,
    /// By class and place in its list: how many are given so.
    flow: Vec<Vec<i64>>,
    /// Of each member the classes (and places) that have given it something, perhaps once.
    used: Vec<Vec<(usize, usize)>>,
    load: Vec<i64>,
    class_potential: Vec<i128>,
    member_potential: Vec<i128>,
    dead_class: Vec<bool>,
    dead_member: Vec<bool>,
    levels: Vec<i64>,
    class_distance: Vec<i128>,
    member_distance: Vec<i128>,
    class_from: Vec<(usize, usize)>,
    member_from: Vec<(usize, usize)>,
}

const FAR: i128 = i128::MAX / 4;

impl<'p> Network<'p> {
    fn new(problem: &'p Problem) -> Self {
        let (classes, members) = (problem.classes.len(), problem.room.len());
        Self {
            problem,
            flow: problem.classes.iter().map(|class| vec![0; class.len()]).collect(),
            used: vec![Vec::new(); members],
            load: vec![0; members],
            class_potential: vec![0; classes],
            member_potential: vec![0; members],
            dead_class: vec![false; classes],
            dead_member: vec![false; members],
            levels: vec![0; members],
            class_distance: vec![FAR; classes],
            member_distance: vec![FAR; members],
            class_from: vec![(0, 0); classes],
            member_from: vec![(0, 0); members],
        }
    }

    /// What one lead more costs a member in evenness.
    fn marginal(&self, member: usize) -> i128 {
        self.problem.level(member, self.load[member])
    }

    /// Takes a lead of a class the cheapest way; answers whether there is one.
    fn send(&mut self, class: usize, rank: i64) -> bool {
        if self.dead_class[class] {
            return false;
        }
        let mut heap = BinaryHeap::from([Reverse((0, Node::Class(class)))]);
        let mut seen = vec![Node::Class(class)];
        self.class_distance[class] = 0;
        let mut best = (FAR, usize::MAX);
        while let Some(Reverse((distance, node))) = heap.pop() {
            if distance >= best.0 {
                break;
            }
            match node {
                Node::Class(at) => {
                    if distance > self.class_distance[at] {
                        continue;
                    }
                    for (place, (member, preferred)) in self.problem.classes[at].iter().enumerate()
                    {
                        if self.dead_member[*member] {
                            continue;
                        }
                        let reduced = self.problem.cost(*member, *preferred)
                            + self.class_potential[at]
                            - self.member_potential[*member];
                        let next = distance + reduced;
                        if next < self.member_distance[*member] {
                            if self.member_distance[*member] == FAR {
                                seen.push(Node::Member(*member));
                            }
                            self.member_distance[*member] = next;
                            self.member_from[*member] = (at, place);
                            heap.push(Reverse((next, Node::Member(*member))));
                        }
                    }
                }
                Node::Member(at) => {
                    if distance > self.member_distance[at] {
                        continue;
                    }
                    if self.load[at] < self.problem.room[at] {
                        let next = distance + self.marginal(at) + self.member_potential[at];
                        best = best.min((next, at));
                    }
                    let mut used = std::mem::take(&mut self.used[at]);
                    used.retain(|(class, place)| self.flow[*class][*place] > 0);
                    for (class, place) in &used {
                        let (_, preferred) = self.problem.classes[*class][*place];
                        let reduced = self.member_potential[at]
                            - self.class_potential[*class]
                            - self.problem.cost(at, preferred);
                        let next = distance + reduced;
                        if next < self.class_distance[*class] {
                            if self.class_distance[*class] == FAR {
                                seen.push(Node::Class(*class));
                            }
                            self.class_distance[*class] = next;
                            self.class_from[*class] = (at, *place);
                            heap.push(Reverse((next, Node::Class(*class))));
                        }
                    }
                    self.used[at] = used;
                }
            }
        }
        let (end, member) = best;
        let found = member != usize::MAX;
        for node in &seen {
            match *node {
                Node::Class(at) => {
                    if found {
                        self.class_potential[at] += self.class_distance[at].min(end) - end;
                    } else {
                        self.dead_class[at] = true;
                    }
                }
                Node::Member(at) => {
                    if found {
                        self.member_potential[at] += self.member_distance[at].min(end) - end;
                    } else {
                        self.dead_member[at] = true;
                        self.levels[at] = rank + 1;
                    }
                }
            }
        }
        if found {
            self.move_along(class, member);
        }
        for node in seen {
            match node {
                Node::Class(at) => self.class_distance[at] = FAR,
                Node::Member(at) => self.member_distance[at] = FAR,
            }
        }
        found
    }

    fn move_along(&mut self, start: usize, end: usize) {
        self.load[end] += 1;
        let mut member = end;
        loop {
            let (class, place) = self.member_from[member];
            if self.flow[class][place] == 0 {
                self.used[member].push((class, place));
            }
            self.flow[class][place] += 1;
            if class == start {
                return;
            }
            let (before, place) = self.class_from[class];
            self.flow[class][place] -= 1;
            member = before;
        }
    }
}

/// The best shares.
pub(super) fn solve(problem: &Problem) -> Solution {
    let mut network = Network::new(problem);
    let mut order: Vec<usize> = (0..problem.leads.len()).collect();
    order.sort_by_key(|lead| (Reverse(problem.leads[*lead].1), *lead));
    let mut given = vec![Vec::new(); problem.classes.len()];
    for lead in order {
        let (class, rank) = problem.leads[lead];
        if network.send(class, rank) {
            given[class].push(lead);
        }
    }
    let mut member = vec![None; problem.leads.len()];
    for (class, leads) in given.into_iter().enumerate() {
        // Of one class the members take turns, so that nobody gets all the best.
        let mut left = network.flow[class].clone();
        let mut leads = leads.into_iter();
        while left.iter().any(|left| *left > 0) {
            for (place, left) in left.iter_mut().enumerate().filter(|(_, left)| **left > 0) {
                *left -= 1;
                if let Some(lead) = leads.next() {
                    member[lead] = Some(problem.classes[class][place].0);
                }
            }
        }
    }
    let prices = network.member_potential.iter().map(|potential| -potential).collect();
    Solution { member, prices, levels: network.levels }
}

/// Whether prices and levels prove that a solution is best: every condition of the dual problem is looked at, and none of how it was found.
pub(super) fn is_proven(problem: &Problem, solution: &Solution) -> bool {
    let members = problem.room.len();
    if solution.member.len() != problem.leads.len()
        || solution.prices.len() != members
        || solution.levels.len() != members
    {
        return false;
    }
    let mut load = vec![0_i64; members];
    for member in solution.member.iter().flatten() {
        load[*member] += 1;
    }
    let (prices, levels) = (&solution.prices, &solution.levels);
    let fits = (0..members).all(|at| {
        // Who has room is priced at most as one lead more would cost, and at a level of none; who has something, at least as the last did.
        load[at] <= problem.room[at]
            && (load[at] == problem.room[at]
                || (prices[at] <= problem.level(at, load[at]) && levels[at] == 0))
            && (load[at] == 0 || prices[at] >= problem.level(at, load[at] - 1))
            && levels[at] >= 0
    });
    fits && problem.leads.iter().zip(&solution.member).all(|((class, rank), member)| {
        let class = &problem.classes[*class];
        match member {
            // Nobody who may be given it has room, nor has one whose leads are worse.
            None => class.iter().all(|(at, _)| levels[*at] > *rank),
            // It is worth its place, and no other that it may have is less dear, or has room for less.
            Some(own) => class.iter().find(|(at, _)| at == own).is_some_and(|(_, preferred)| {
                let (level, price) = (levels[*own], prices[*own] + problem.cost(*own, *preferred));
                *rank + 1 >= level
                    && class.iter().all(|(at, preferred)| {
                        levels[*at] > level
                            || (levels[*at] == level
                                && price <= prices[*at] + problem.cost(*at, *preferred))
                    })
            }),
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is wanted of a solution, the more the better: ranks (and one for each), evenness, preference, chance.
    fn worth(problem: &Problem, member: &[Option<usize>]) -> Option<Worth> {
        let (mut ranks, mut liked, mut chance) = (0, 0, 0);
        let mut load = problem.had.clone();
        for ((class, rank), member) in problem.leads.iter().zip(member) {
            let Some(member) = member else { continue };
            let (_, preferred) = problem.classes[*class].iter().find(|(at, _)| at == member)?;
            load[*member] += 1;
            ranks += rank + 1;
            liked += i64::from(*preferred);
            chance += problem.chance[*member];
        }
        let fits = (0..load.len()).all(|at| load[at] - problem.had[at] <= problem.room[at]);
        fits.then(|| (ranks, -load.iter().map(|load| load * load).sum::<i64>(), liked, chance))
    }

    type Worth = (i64, i64, i64, i64);

    /// The best of all there are.
    fn brute(problem: &Problem) -> Worth {
        let mut best = (i64::MIN, 0, 0, 0);
        let mut member = vec![None; problem.leads.len()];
        fn go(problem: &Problem, at: usize, member: &mut Vec<Option<usize>>, best: &mut Worth) {
            if at == member.len() {
                if let Some(worth) = worth(problem, member) {
                    *best = worth.max(*best);
                }
                return;
            }
            member[at] = None;
            go(problem, at + 1, member, best);
            for (one, _) in &problem.classes[problem.leads[at].0] {
                member[at] = Some(*one);
                go(problem, at + 1, member, best);
            }
            member[at] = None;
        }
        go(problem, 0, &mut member, &mut best);
        best
    }

    fn problems(members: usize, leads: usize) -> impl Strategy<Value = Problem> {
        let class = prop::collection::btree_map(0..members, any::<bool>(), 0..=members);
        let classes = prop::collection::vec(class, 1..4);
        let room = prop::collection::vec(0..4_i64, members);
        let had = prop::collection::vec(0..3_i64, members);
        let chance =
            prop::collection::vec(prop::sample::select(vec![0, 300_000, 300_001, WHOLE]), members);
        let each = (room, had, chance);
        (classes, each, prop::collection::vec((0..100_usize, 0..4_i64), 0..leads)).prop_map(
            |(classes, (room, had, chance), leads)| {
                let many = classes.len();
                let rank = |at: usize, rank: i64| rank * 1_000 + 999 - i64::try_from(at).unwrap();
                let leads = leads.into_iter().enumerate();
                let leads = leads.map(|(at, (class, own))| (class % many, rank(at, own)));
                let leads = leads.collect();
                let classes = classes.into_iter().map(|class| class.into_iter().collect());
                Problem { classes: classes.collect(), leads, room, had, chance }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_better_than_the_best(problem in problems(3, 7)) {
            let solution = solve(&problem);
            prop_assert!(is_proven(&problem, &solution), "{:?}", solution);
            prop_assert_eq!(worth(&problem, &solution.member), Some(brute(&problem)));
        }

        #[test]
        fn large_ones_are_proven(problem in problems(12, 120)) {
            let solution = solve(&problem);
            prop_assert!(is_proven(&problem, &solution), "{:?}", solution);
            prop_assert!(worth(&problem, &solution.member).is_some());
        }

        /// What is taken for proven is: a solution that was spoiled is either as good, or not proven.
        #[test]
        fn a_worse_one_is_not_proven(problem in problems(3, 7), at in any::<prop::sample::Index>(), to in 0..4_usize) {
            let solution = solve(&problem);
            prop_assume!(!problem.leads.is_empty());
            let mut spoiled = solution.clone();
            let at = at.index(problem.leads.len());
            spoiled.member[at] = (to < 3).then_some(to);
            let worth = |solution: &Solution| worth(&problem, &solution.member);
            if worth(&spoiled) != worth(&solution) {
                prop_assert!(!is_proven(&problem, &spoiled));
            }
        }
    }
}
