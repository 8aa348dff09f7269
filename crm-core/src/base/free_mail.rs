//! Whose mailbox it is: providers that give addresses to anybody, and what says of an address which organisation it belongs to.
//!
//! Two people of one company share its domain; two people at a provider share nothing. Deliberately absent: a setting. A provider that
//! is missing here makes duplicates weaker, not wrong: a domain alone is the weakest of all reasons.

/// Providers under one domain, in order, with spaces between them.
const DOMAINS: &str = "
10minutemail.com 123mail.org 126.com 139.com 150mail.com 163.com 188.com 189.cn 21cn.com 263.net abv.bg accountant.com
activist.com adelphia.net africamail.com aim.com alice.it aliceadsl.fr aliyun.com aol.com arcor.de asia.com att.net azet.sk
bellsouth.net bigpond.com bigpond.net.au bk.ru bluewin.ch blueyonder.co.uk bol.com.br btinternet.com btopenworld.com cegetel.net
centrum.cz centrum.sk charter.net club-internet.fr comcast.net consultant.com cox.net daum.net dbmail.com dispostable.com
disroot.org earthlink.net email.com email.cz email.it embarqmail.com example.com example.net example.org fastmail.com fastmail.fm
fibertel.com.ar foxmail.com free.fr freemail.hu freenet.de frontier.com frontiernet.net fsmail.net getnada.com gmail.com gmx.at
gmx.ch gmx.com gmx.de gmx.fr gmx.net google.com.hk googlemail.com guerrillamail.com hanmail.net hey.com hispeed.ch home.nl
hushmail.com i.ua icloud.com ig.com.br iinet.net.au inbox.com inbox.lv inbox.ru infonie.fr interia.pl internet.ru iol.ie iol.it
juno.com kakao.com keemail.me kolumbus.fi laposte.net libero.it list.ru lycos.com mac.com mail.bg mail.com mail.de mail.ee
mail.ru mail.ua mailbox.org maildrop.cc mailfence.com mailinator.com me.com meta.ua mindspring.com msn.com mweb.co.za mynet.com
myway.com nate.com naver.com netcourrier.com netscape.net netzero.net neuf.fr ntlworld.com o2.pl odoo.com onet.eu onet.pl
online.de online.nl op.pl optonline.net optusnet.com.au orange.fr outlook.com ozemail.com.au planet.nl pm.me poczta.onet.pl
posteo.de proton.me protonmail.ch protonmail.com qq.com quicknet.nl r7.com rambler.ru rediffmail.com roadrunner.com
rocketmail.com rogers.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be sohu.com
spamgourmet.com sympatico.ca t-online.de t-online.hu talktalk.net tele2.nl telenet.be telia.com telus.net temp-mail.org
terra.com.br tin.it tiscali.co.uk tiscali.it tlen.pl trashmail.com tut.by tuta.com tuta.io tutanota.com ukr.net uol.com.br
upcmail.nl verizon.net videotron.ca vip.163.com vip.qq.com virgilio.it virgin.net virginmedia.com voila.fr volny.cz wanadoo.es
wanadoo.fr wanadoo.nl web.de windowslive.com windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yandex.by yandex.com yandex.com.tr
yandex.kz yandex.ru yandex.ua yeah.net ymail.com yopmail.com zeelandnet.nl ziggo.nl zoho.com zoho.eu zohomail.com zonnet.nl
";

/// Providers with a domain in many countries: the word before the country's ending.
const FAMILIES: &[&str] = &["hotmail", "yahoo", "outlook", "live", "gmx", "protonmail", "yandex"];

/// Whether anybody gets an address there.
///
/// ```
/// use crm_core::base::free_mail::is_free_mail;
/// assert!(is_free_mail("gmail.com") && is_free_mail("hotmail.co.uk"));
/// assert!(!is_free_mail("harbour.com") && !is_free_mail("mail.harbour.com"));
/// ```
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    // An ending has one word, or two short ones such as co.uk.
    let is_ending = |rest: &str| match rest.split_once('.') {
        None => (2..=3).contains(&rest.len()),
        Some((first, second)) => first.len() <= 3 && second.len() == 2,
    };
    let of_family = || {
        domain
            .split_once('.')
            .is_some_and(|(word, rest)| FAMILIES.contains(&word) && is_ending(rest))
    };
    DOMAINS.split_ascii_whitespace().any(|known| known == domain) || of_family()
}

/// The domain that says to whose organisation a normalised address belongs; none for a provider's.
///
/// ```
/// use crm_core::base::free_mail::company_domain;
/// assert_eq!(company_domain("ada@harbour.com"), Some("harbour.com"));
/// assert_eq!(company_domain("ada@gmail.com"), None);
/// ```
#[must_use]
pub fn company_domain(email: &str) -> Option<&str> {
    let (_, domain) = email.split_once('@')?;
    (!is_free_mail(domain)).then_some(domain)
}
