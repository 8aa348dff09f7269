//! How cells are read: numbers, dates, instants, truths, words, quotes, and what is refused.

use super::*;

#[test]
fn numbers_follow_the_declared_separator_and_are_never_guessed() {
    let comma = ImportOptions { decimal: ',', ..ImportOptions::default() };
    for (text, options, expect) in [
        ("1250.5", ImportOptions::default(), Some("1250.50")),
        ("\"1,234.56\"", ImportOptions::default(), Some("1234.56")),
        ("\"1.234,56\"", comma.clone(), Some("1234.56")),
        ("\"1 234,5\"", comma.clone(), Some("1234.50")),
        ("\"1\u{202f}234\u{202f}567,89\"", comma.clone(), Some("1234567.89")),
        ("1'234'567", ImportOptions::default(), Some("1234567.00")),
        ("1.234", comma.clone(), Some("1234.00")),
        ("+7", ImportOptions::default(), Some("7.00")),
        ("\"512,77\"", ImportOptions::default(), None),
        ("\"4,25\"", ImportOptions::default(), None),
        ("1.234", ImportOptions::default(), None),
        ("\"1.23,4\"", comma.clone(), None),
        ("1.234.56", ImportOptions::default(), None),
        ("12 EUR", ImportOptions::default(), None),
        ("1e3", ImportOptions::default(), None),
        ("NaN", ImportOptions::default(), None),
        ("-", ImportOptions::default(), None),
        (".", ImportOptions::default(), None),
        ("99999999999999999999999999999999", ImportOptions::default(), None),
    ] {
        let s = session();
        let file = format!("n,v\nDeal,{text}\n");
        let report = import_with(&s, &file, &[("n", "name"), ("v", "expected_revenue")], &options);
        let stored = leads(&s).first().map(|lead| lead.revenue().major().to_string());
        assert_eq!(stored.as_deref(), expect, "{text} with {:?}", options.decimal);
        assert_eq!(report.failed, u64::from(expect.is_none()));
    }
}

#[test]
fn a_number_below_zero_has_a_sign_or_parentheses() {
    let options = ImportOptions::default();
    let format = crate::csv::cell::Format::new(&options).unwrap();
    let field = crate::record::table(RecordKind::Lead).field("expected_revenue").unwrap();
    for text in ["-12.5", "\u{2212}12.5", "12.5-", "(12.5)", " -12.5 "] {
        let value = format.value(text, field).unwrap();
        assert_eq!(value, Some(Value::Decimal("-12.5".parse().unwrap())), "{text}");
    }
}

#[test]
fn dates_have_the_declared_form() {
    let options = ImportOptions { date_format: "%d/%m/%Y".to_owned(), ..ImportOptions::default() };
    let s = session();
    let file = "n,d\nA,04/05/2026\nB,2026-05-04\nC,13/13/2026\nD,31/02/2026\nE,\n";
    let report = import_with(&s, file, &[("n", "name"), ("d", "date_deadline")], &options);
    assert_eq!(counts(&report), [5, 2, 0, 0, 0, 3]);
    let days: Vec<_> =
        leads(&s).iter().map(|lead| lead.date_deadline.map(|day| day.to_string())).collect();
    assert_eq!(days, [Some("2026-05-04".to_owned()), None]);
    assert_eq!(report.errors.at(0, "value"), "2026-05-04".into());
    for wrong in ["%d/%m", "%q", "", "today"] {
        let options = ImportOptions { date_format: wrong.to_owned(), ..ImportOptions::default() };
        let error = try_import(&s, RecordKind::Lead, "n\nA\n", &[("n", "name")], &options);
        assert_eq!(error.unwrap_err().field(), Some("date_format"), "{wrong}");
    }
}

#[test]
fn instants_have_a_zone_or_the_declared_one() {
    let options = ImportOptions { zone: "Europe/Paris".to_owned(), ..ImportOptions::default() };
    for (text, expect) in [
        ("2026-03-02T09:00:00Z", Some("2026-03-02T09:00:00Z")),
        ("2026-03-02T09:00:00+05:00", Some("2026-03-02T04:00:00Z")),
        ("2026-03-02 09:00:00", Some("2026-03-02T08:00:00Z")),
        ("2026-03-02T09:30", Some("2026-03-02T08:30:00Z")),
        ("2026-03-02", Some("2026-03-01T23:00:00Z")),
        ("2026-07-14", Some("2026-07-13T22:00:00Z")),
        // The clock is put forward at 02:00, and back at 03:00.
        ("2026-03-29 02:30", None),
        ("2025-10-26 02:30", None),
        ("yesterday", None),
    ] {
        let format = crate::csv::cell::Format::new(&options).unwrap();
        let field = crate::record::table(RecordKind::Lead).field("create_date").unwrap();
        let read = format.value(text, field).ok().flatten();
        let expect = expect.map(|text| Value::Time(crate::Timestamp::parse(text).unwrap()));
        assert_eq!(read, expect, "{text}");
    }
    let nowhere = ImportOptions { zone: "Mars/Olympus".to_owned(), ..ImportOptions::default() };
    assert_eq!(crate::csv::cell::Format::new(&nowhere).unwrap_err().field(), Some("zone"));
}

#[test]
fn truths_and_words_are_read_in_any_case_and_nothing_else() {
    let s = session();
    let file = "n,hold,cat,kind\nA,YES,Best Case,LEAD\nB,0,commit,opportunity\nC,maybe,commit,lead\nD,no,surely,lead\n";
    let report = import(
        &s,
        file,
        &[("n", "name"), ("hold", "on_hold"), ("cat", "forecast_category"), ("kind", "type")],
    );
    assert_eq!(counts(&report), [4, 2, 0, 0, 0, 2]);
    let stored = leads(&s);
    assert!(stored[0].on_hold && !stored[1].on_hold);
    assert_eq!(stored[0].forecast_category.word(), "best_case");
    assert_eq!(stored[0].kind.word(), "lead");
    assert_eq!(report.errors.at(1, "column"), "cat".into());
}

#[test]
fn quotes_hold_line_breaks_and_the_file_may_begin_with_a_mark() {
    let s = session();
    let file = "\u{feff}\"Name\";Note\r\n\"Fleet; \"\"big\"\"\";\"first\nsecond\"\r\nPlain;x\r\n";
    let options = ImportOptions { delimiter: ';', ..ImportOptions::default() };
    let report = import_with(&s, file, &[("Name", "name"), ("Note", "description")], &options);
    assert_eq!(counts(&report), [2, 2, 0, 0, 0, 0]);
    let stored = leads(&s);
    assert_eq!(stored[0].name, "Fleet; \"big\"");
    assert_eq!(stored[0].description.as_deref(), Some("first\nsecond"));
}

#[test]
fn a_row_with_too_few_or_too_many_cells_is_refused_alone() {
    let s = session();
    let report = import(
        &s,
        "a,b\nOne,1\nTwo\nThree,3,3\n\"Fo\nur\",4\nFive,x\n",
        &[("a", "name"), ("b", "priority")],
    );
    assert_eq!(counts(&report), [5, 1, 0, 0, 0, 4]);
    let lines: Vec<Value> = (0..4).map(|at| report.errors.at(at, "line")).collect();
    let records: Vec<Value> = (0..4).map(|at| report.errors.at(at, "record")).collect();
    // The fourth is refused since a priority is at most 3; it begins in line 5 and ends in line 6.
    assert_eq!(lines, [3, 4, 5, 7].map(Value::Int));
    assert_eq!(records, [2, 3, 4, 5].map(Value::Int));
    assert_eq!(report.errors.at(0, "code"), Value::Int(800));
    assert_eq!(report.errors.at(2, "column"), "b".into());
}

#[test]
fn a_huge_cell_is_refused_and_a_quote_that_never_closes_is_not_read_to_its_end() {
    let s = session();
    let huge = "x".repeat(10_000_000);
    let report =
        import(&s, &format!("n,d\nA,{huge}\nB,small\n"), &[("n", "name"), ("d", "description")]);
    assert_eq!(counts(&report), [2, 1, 0, 0, 0, 1]);
    assert_eq!(report.errors.at(0, "code"), Value::Int(500));
    let Value::Text(shown) = report.errors.at(0, "value") else { panic!("a value is shown") };
    assert!(shown.chars().count() <= 201);

    let endless = format!("n\n\"{huge}{huge}");
    let options = ImportOptions::default();
    let error = try_import(&s, RecordKind::Lead, &endless, &[("n", "name")], &options).unwrap_err();
    assert_eq!((error.code(), error.line()), (500, Some((2, 1))));
    let wide = format!("{}\n", vec!["c"; 1_001].join(","));
    let error = try_import(&s, RecordKind::Lead, &wide, &[("c", "name")], &options).unwrap_err();
    assert_eq!(error.code(), 500);
}

#[test]
fn text_that_is_not_utf_8_is_no_csv() {
    let s = session();
    let bytes: &[u8] = b"n\nA\nM\xfcller\n";
    let error = s
        .csv()
        .import(
            RecordKind::Lead,
            &mut { bytes },
            &mapping(&[("n", "name")]),
            &ImportOptions::default(),
            &mut Progress::none(),
        )
        .unwrap_err();
    assert_eq!((error.code(), error.line()), (800, Some((3, 1))));
    assert!(leads(&s).is_empty(), "nothing is written");
}

#[test]
fn an_empty_cell_says_nothing_and_backslash_n_says_empty() {
    let s = session();
    let pairs = [("id", "id"), ("n", "name"), ("d", "date_deadline"), ("c", "city")];
    import(&s, "id,n,d,c\n,A,2026-06-01,Lyon\n", &pairs);
    let id = leads(&s)[0].id;
    let report = import(&s, &format!("id,n,d,c\n{id},A,,\n"), &pairs);
    assert_eq!(counts(&report), [1, 0, 0, 1, 0, 0]);
    let report = import(&s, &format!("id,n,d,c\n{id},A,\\N,\\\\N\n"), &pairs);
    assert_eq!(counts(&report), [1, 0, 1, 0, 0, 0]);
    let lead = &leads(&s)[0];
    assert_eq!((lead.date_deadline, lead.city.as_deref()), (None, Some("\\N")));
    let report = import(&s, &format!("id,n,d,c\n{id},A,,\\N\n"), &pairs);
    assert_eq!((report.updated, leads(&s)[0].city.clone()), (1, None));
}

#[test]
fn custom_fields_are_read_by_their_type() {
    use crate::record::PropertyKind;
    let s = session();
    let declare = |name: &str, kind, options: &[&str]| {
        let mut draft = crate::PropertyDefinition::new(RecordKind::Lead, name, kind);
        draft.options = options.iter().map(|option| (*option).to_owned()).collect();
        s.properties().declare(&draft).unwrap();
    };
    declare("Lead Origin", PropertyKind::Selection, &["Fair", "Web"]);
    declare("Size", PropertyKind::Number, &[]);
    declare("since", PropertyKind::Date, &[]);
    declare("key", PropertyKind::Boolean, &[]);
    let pairs = [
        ("n", "name"),
        ("o", "properties.`Lead Origin`"),
        ("s", "properties.Size"),
        ("d", "properties.since"),
        ("k", "properties.key"),
    ];
    let report =
        import(&s, "n,o,s,d,k\nA,fair,\"1,200.25\",2020-02-29,yes\nB,Mail,,,\nC,,many,,\n", &pairs);
    assert_eq!(counts(&report), [3, 1, 0, 0, 0, 2]);
    let stored = &leads(&s)[0].properties.0;
    assert_eq!(stored["Lead Origin"], "Fair".into());
    assert_eq!(stored["Size"], Value::Float(1200.25));
    assert_eq!(stored["since"], Value::Date(crate::Date::new(2020, 2, 29).unwrap()));
    assert_eq!(stored["key"], Value::Bool(true));
    let error = try_import(
        &s,
        RecordKind::Lead,
        "n\nA\n",
        &[("n", "properties.Lead Orgin")],
        &ImportOptions::default(),
    );
    assert!(error.unwrap_err().message().contains("Lead Origin"), "the nearest is named");
}

#[test]
fn errors_name_the_line_whatever_ends_it() {
    let s = session();
    for end in ["\n", "\r\n", "\r"] {
        let file = ["name,priority", "a,9", "\"b", "c\",9", "", "", "d,9", ""].join(end);
        let report = import(&s, &file, &[("name", "name"), ("priority", "priority")]);
        let lines: Vec<_> =
            (0..report.errors.len()).map(|at| report.errors.at(at, "line")).collect();
        assert_eq!(lines, [2_i64, 3, 7].map(Value::from), "{end:?}");
    }
}
