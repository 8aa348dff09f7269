-- The office: what a pipeline refers to. Instants are microseconds UTC, dates are days since 1970-01-01.
-- The same steps as for SQLite, by the same names; what differs has its reason here. Text compares byte by byte (COLLATE "C"), as it
-- does there, so that both engines order alike.

-- Whose schema this is, and how far it has come. Nothing else may stand here under our names.
CREATE TABLE crm_schema (mark TEXT NOT NULL, version BIGINT NOT NULL);

-- Counts the changes of the office and of the score's configuration, so that every process knows when what it keeps of them is old.
-- Every writer locks this table: writers of deals share it, who changes the office has it alone. Locked before a transaction sees
-- anything, it lets rules that look at other rows hold ("no lead stands in this stage") without a serializable engine.
CREATE TABLE office_epoch (n BIGINT NOT NULL);
INSERT INTO office_epoch VALUES (1);

-- Ids out of a list such as '[1,2,3]'.
CREATE FUNCTION crm_ids(list TEXT) RETURNS TABLE (value BIGINT) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT unnest(translate(list, '[]', '{}')::BIGINT[]) $$;

-- One value out of a JSON object: path is $."name", or $."name".date for a date. As text, whatever it is.
CREATE FUNCTION crm_extract(doc TEXT, path TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN right(path, 1) = '"' THEN doc::JSON ->> (substr(path, 3)::JSON #>> '{}')
    ELSE (doc::JSON -> (substr(path, 3, length(path) - 7)::JSON #>> '{}')) ->> 'date' END COLLATE "C" $$;

-- Case folded letter by letter, without a locale, exactly as the library does it. Short lists for the alphabets that most text is in.
CREATE FUNCTION crm_fold(t TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(t) = length(t) THEN lower(t COLLATE "C")
  WHEN t COLLATE "C" !~ '[^\u0001-\u024F]' THEN translate(lower(t COLLATE "C"), 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒ'
    || 'ŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠƢƤƦƧƩƬƮƯƱƲƳƵƷƸƼǄǅǇǈǊǋǍǏǑǓǕǗ'
    || 'ǙǛǞǠǢǤǦǨǪǬǮǱǲǴǶǷǸǺǼǾȀȂȄȆȈȊȌȎȐȒȔȖȘȚȜȞȠȢȤȦȨȪȬȮȰȲȺȻȽȾɁɃɄɅɆɈɊɌɎ',
    'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœ'
    || 'ŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵơƣƥʀƨʃƭʈưʊʋƴƶʒƹƽǆǆǉǉǌǌǎǐǒǔǖǘ'
    || 'ǚǜǟǡǣǥǧǩǫǭǯǳǳǵƕƿǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟƞȣȥȧȩȫȭȯȱȳⱥȼƚⱦɂƀʉʌɇɉɋɍɏ')
  WHEN t COLLATE "C" !~ '[^\u0001-\u052F]' THEN translate(lower(t COLLATE "C"), 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒ'
    || 'ŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠƢƤƦƧƩƬƮƯƱƲƳƵƷƸƼǄǅǇǈǊǋǍǏǑǓǕǗ'
    || 'ǙǛǞǠǢǤǦǨǪǬǮǱǲǴǶǷǸǺǼǾȀȂȄȆȈȊȌȎȐȒȔȖȘȚȜȞȠȢȤȦȨȪȬȮȰȲȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΆΈΉΊΌΎΏ'
    || 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫϏϘϚϜϞϠϢϤϦϨϪϬϮϴϷϹϺϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗ'
    || 'ИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁ'
    || 'ӃӅӇӉӋӍӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮ',
    'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœ'
    || 'ŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵơƣƥʀƨʃƭʈưʊʋƴƶʒƹƽǆǆǉǉǌǌǎǐǒǔǖǘ'
    || 'ǚǜǟǡǣǥǧǩǫǭǯǳǳǵƕƿǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟƞȣȥȧȩȫȭȯȱȳⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳάέήίόύώ'
    || 'αβγδεζηθικλμνξοπρστυφχψωϊϋϗϙϛϝϟϡϣϥϧϩϫϭϯθϸϲϻͻͼͽѐёђѓєѕіїјљњћќѝўџабвгдежз'
    || 'ийклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӂ'
    || 'ӄӆӈӊӌӎӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯ')
  ELSE translate(lower(t COLLATE "C"), 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒ'
    || 'ŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠƢƤƦƧƩƬƮƯƱƲƳƵƷƸƼǄǅǇǈǊǋǍǏǑǓǕǗ'
    || 'ǙǛǞǠǢǤǦǨǪǬǮǱǲǴǶǷǸǺǼǾȀȂȄȆȈȊȌȎȐȒȔȖȘȚȜȞȠȢȤȦȨȪȬȮȰȲȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΆΈΉΊΌΎΏ'
    || 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫϏϘϚϜϞϠϢϤϦϨϪϬϮϴϷϹϺϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗ'
    || 'ИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁ'
    || 'ӃӅӇӉӋӍӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀ'
    || 'ՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᎠᎡᎢᎣᎤᎥᎦᎧ'
    || 'ᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭ'
    || 'ᏮᏯᏰᏱᏲᏳᏴᏵᲉᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜ'
    || 'ḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠṢṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẞẠẢẤẦẨẪẬẮẰ'
    || 'ẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸỺỼỾἈἉἊἋἌἍἎἏἘἙἚἛἜἝἨἩἪἫἬἭἮἯἸἹἺἻἼἽἾἿὈ'
    || 'ὉὊὋὌὍὙὛὝὟὨὩὪὫὬὭὮὯᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾸᾹᾺΆᾼῈΈῊΉῌῘῙῚΊῨῩῪΎῬῸΌῺΏῼΩKÅℲⅠ'
    || 'ⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅬⅭⅮⅯↃⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛ'
    || 'ⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄ'
    || 'ⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀ'
    || 'ꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟋꟌ꟎'
    || 'Ꟑ꟒꟔ꟖꟘꟚꟜꟵＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣'
    || '𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏'
    || '𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𐵐𐵑𐵒𐵓𐵔𐵕𐵖𐵗𐵘𐵙𐵚𐵛𐵜𐵝'
    || '𐵞𐵟𐵠𐵡𐵢𐵣𐵤𐵥𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝'
    || '𖹞𖹟𖺠𖺡𖺢𖺣𖺤𖺥𖺦𖺧𖺨𖺩𖺪𖺫𖺬𖺭𖺮𖺯𖺰𖺱𖺲𖺳𖺴𖺵𖺶𖺷𖺸𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡',
    'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœ'
    || 'ŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵơƣƥʀƨʃƭʈưʊʋƴƶʒƹƽǆǆǉǉǌǌǎǐǒǔǖǘ'
    || 'ǚǜǟǡǣǥǧǩǫǭǯǳǳǵƕƿǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟƞȣȥȧȩȫȭȯȱȳⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳάέήίόύώ'
    || 'αβγδεζηθικλμνξοπρστυφχψωϊϋϗϙϛϝϟϡϣϥϧϩϫϭϯθϸϲϻͻͼͽѐёђѓєѕіїјљњћќѝўџабвгдежз'
    || 'ийклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӂ'
    || 'ӄӆӈӊӌӎӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհ'
    || 'ձղճմյնշոչպջռսվտրցւփքօֆⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭꭰꭱꭲꭳꭴꭵꭶꭷ'
    || 'ꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽ'
    || 'ꮾꮿᏸᏹᏺᏻᏼᏽᲊაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝ'
    || 'ḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕßạảấầẩẫậắằ'
    || 'ẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹỻỽỿἀἁἂἃἄἅἆἇἐἑἒἓἔἕἠἡἢἣἤἥἦἧἰἱἲἳἴἵἶἷὀ'
    || 'ὁὂὃὄὅὑὓὕὗὠὡὢὣὤὥὦὧᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱὰάᾳὲέὴήῃῐῑὶίῠῡὺύῥὸόὼώῳωkåⅎⅰ'
    || 'ⅱⅲⅳⅴⅵⅶⅷⅸⅹⅺⅻⅼⅽⅾⅿↄⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋ'
    || 'ⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅ'
    || 'ⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁ'
    || 'ꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊɤꟍ꟏'
    || 'ꟑꟓꟕꟗꟙꟛƛꟶａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋'
    || '𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶'
    || '𐖷𐖸𐖹𐖻𐖼𐳀𐳁𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𐵰𐵱𐵲𐵳𐵴𐵵𐵶𐵷𐵸𐵹𐵺𐵻𐵼𐵽'
    || '𐵾𐵿𐶀𐶁𐶂𐶃𐶄𐶅𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽'
    || '𖹾𖹿𖺻𖺼𖺽𖺾𖺿𖻀𖻁𖻂𖻃𖻄𖻅𖻆𖻇𖻈𖻉𖻊𖻋𖻌𖻍𖻎𖻏𖻐𖻑𖻒𖻓𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃') END $$;

-- A pattern of ours is one of LIKE, but for a lone backslash at its end, which stands for itself.
CREATE FUNCTION crm_pattern(p TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT CASE WHEN (length(p) - length(rtrim(p, '\'))) % 2 = 1 THEN p || '\' ELSE p END $$;

CREATE FUNCTION crm_like(t TEXT, pattern TEXT, insensitive INTEGER) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN insensitive = 1 THEN crm_fold(t) COLLATE "C" LIKE crm_fold(crm_pattern(pattern))
    ELSE t COLLATE "C" LIKE crm_pattern(pattern) END $$;

CREATE TABLE company (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL, -- ISO 4217
  country_code TEXT COLLATE "C", zone TEXT COLLATE "C"
);
CREATE UNIQUE INDEX company_name ON company (name);

CREATE TABLE user_account (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL, email TEXT COLLATE "C",
  role BIGINT NOT NULL, -- 0 own, 1 team, 2 all, 3 admin
  company_id BIGINT REFERENCES company (id),
  active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX user_account_login ON user_account (login);

CREATE TABLE user_company (
  user_id BIGINT NOT NULL REFERENCES user_account (id), company_id BIGINT NOT NULL REFERENCES company (id),
  PRIMARY KEY (user_id, company_id)
);

CREATE TABLE team (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL,
  user_id BIGINT REFERENCES user_account (id), -- the leader
  company_id BIGINT REFERENCES company (id),
  parent_id BIGINT REFERENCES team (id),
  use_leads BOOLEAN NOT NULL, use_opportunities BOOLEAN NOT NULL,
  assignment_filter TEXT COLLATE "C", assignment_max BIGINT NOT NULL,
  active BOOLEAN NOT NULL
);

CREATE TABLE team_member (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  team_id BIGINT NOT NULL REFERENCES team (id),
  user_id BIGINT NOT NULL REFERENCES user_account (id),
  assignment_max BIGINT NOT NULL, assignment_filter TEXT COLLATE "C"
);
CREATE UNIQUE INDEX team_member_pair ON team_member (team_id, user_id);
CREATE INDEX team_member_user ON team_member (user_id);

CREATE TABLE stage (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL,
  is_won BOOLEAN NOT NULL, fold BOOLEAN NOT NULL,
  requirements TEXT COLLATE "C",
  company_id BIGINT REFERENCES company (id),
  rotting_days BIGINT NOT NULL, color BIGINT NOT NULL
);

CREATE TABLE stage_team (
  stage_id BIGINT NOT NULL REFERENCES stage (id), team_id BIGINT NOT NULL REFERENCES team (id),
  PRIMARY KEY (stage_id, team_id)
);

CREATE TABLE lost_reason (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL, is_cancellation BOOLEAN NOT NULL, active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX lost_reason_name ON lost_reason (name);

CREATE TABLE tag (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, color BIGINT NOT NULL, parent_id BIGINT REFERENCES tag (id)
);
CREATE UNIQUE INDEX tag_name ON tag (name);

CREATE TABLE campaign (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX campaign_name ON campaign (name);

CREATE TABLE medium (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX medium_name ON medium (name);

CREATE TABLE source (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX source_name ON source (name);

CREATE TABLE recurring_plan (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, number_of_months BIGINT NOT NULL, sequence BIGINT NOT NULL, active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX recurring_plan_name ON recurring_plan (name);

CREATE TABLE partner (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never used twice
  version BIGINT NOT NULL, create_date BIGINT NOT NULL, write_date BIGINT NOT NULL, create_uid BIGINT, write_uid BIGINT,
  name TEXT COLLATE "C" NOT NULL, is_company BOOLEAN NOT NULL,
  parent_id BIGINT REFERENCES partner (id),
  address_type BIGINT NOT NULL, -- 0 contact, 1 invoice, 2 delivery, 3 private, 4 other
  is_customer BOOLEAN NOT NULL, is_supplier BOOLEAN NOT NULL,
  function TEXT COLLATE "C", email TEXT COLLATE "C", email_normalized TEXT COLLATE "C", phone TEXT COLLATE "C", mobile TEXT COLLATE "C", phone_normalized TEXT COLLATE "C", website TEXT COLLATE "C",
  street TEXT COLLATE "C", street2 TEXT COLLATE "C", city TEXT COLLATE "C", zip TEXT COLLATE "C", state_code TEXT COLLATE "C", country_code TEXT COLLATE "C", lang TEXT COLLATE "C",
  user_id BIGINT REFERENCES user_account (id),
  company_id BIGINT REFERENCES company (id),
  comment TEXT COLLATE "C",
  properties TEXT COLLATE "C", -- a JSON object by name
  active BOOLEAN NOT NULL
);
CREATE INDEX partner_parent ON partner (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX partner_name ON partner (name);
CREATE INDEX partner_email ON partner (email_normalized) WHERE email_normalized IS NOT NULL;
CREATE INDEX partner_phone ON partner (phone_normalized) WHERE phone_normalized IS NOT NULL;

-- One row per setting that was ever set; the value is JSON.
CREATE TABLE setting (key TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);

-- Declared custom fields.
CREATE TABLE property (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  record TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL,
  type BIGINT NOT NULL, -- 0 text, 1 number, 2 date, 3 boolean, 4 selection
  label TEXT COLLATE "C",
  options TEXT COLLATE "C" NOT NULL, -- JSON list of words
  team_ids TEXT COLLATE "C" NOT NULL -- JSON list; empty: every team
);
CREATE UNIQUE INDEX property_name ON property (record, name);

-- What other systems call our records.
CREATE TABLE external_id (
  system TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, external_id TEXT COLLATE "C" NOT NULL, record_id BIGINT NOT NULL,
  PRIMARY KEY (system, kind, external_id)
);
CREATE INDEX external_id_record ON external_id (kind, record_id);
