//! The tenants of the demo month, and what each of them uses.

use super::catalogue::{self, Place, infra, sold, unsold};
use super::{Customer, Growth, Item, Line, TenantKind, UsageData};
use crate::seed::pick;
use TenantKind::{Customer as C, Folder as F, Partner as P, Unit as U};
use jiff::civil::Date;

const GIB: i64 = 1 << 30;
const HOUR: i64 = 3_600;

/// What a tenant is like. Managers use nothing themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Manager,
    Office,
    Servers,
    Clouds,
    Recovery,
    Files,
    Gigabytes,
    /// Keeps its data in the vault of the partner above it.
    PartnerVault,
    /// Is owed something: support has taken back more seats than it uses.
    Credit,
    /// On trial, and nothing else.
    Trial,
    /// Went into production mid-month, and still carries trial usage.
    Converted,
    /// Uses the SKU that has no price.
    Unpriced,
}
use Profile::*;

/// Depth below the root, kind, profile, name; and, where it stands directly below the root, its
/// enterprise: id, name, factor. 0 is a tenant that is never billed.
type Entry = (u8, TenantKind, Profile, &'static str, Option<(u64, &'static str, Option<&'static str>)>);

// One tenant a line, so that the tree can be seen.
#[rustfmt::skip]
const TREE: &[Entry] = &[
    (1, P, Manager, "Søndergård & Ægir IT, ApS", Some((292, "Søndergård & Ægir", Some("0.9")))),
    (2, C, PartnerVault, "Færgehavn Fisk A/S", None),
    (2, C, Servers, "Ålborg Tandlæger, I/S", None),
    (2, C, Office, "Øresund \"Blå\" Design", None),
    (1, P, Manager, "Müller Datenhaus GmbH", Some((301, "Müller Datenhaus", None))),
    (2, C, Office, "Bäckerei Groß, Inh. Jörg Groß", None),
    (2, P, Manager, "Weiß & Söhne Systemhaus", None),
    (3, C, Servers, "Stadtwerke Übersee", None),
    (3, C, Recovery, "Kanzlei Dr. Löwe", None),
    (1, P, Manager, "Компания «Северный ветер»", Some((303, "Северный ветер", None))),
    (2, C, Clouds, "ООО \"Ромашка\"", None),
    (2, C, Office, "Библиотека имени Чехова, филиал 3", None),
    (1, P, Manager, "Νέφος Υπηρεσίες Ο.Ε.", Some((304, "Νέφος Υπηρεσίες", None))),
    (2, C, Files, "Ελιά & Θάλασσα Α.Ε.", None),
    (2, C, Office, "Φαρμακείο Παπαδοπούλου", None),
    (1, P, Manager, "شركة السحاب للتقنية", Some((305, "شركة السحاب", None))),
    (2, C, Servers, "مكتبة النيل، القاهرة", None),
    (2, C, Clouds, "مستشفى الأمل", None),
    (1, P, Manager, "晨星云服务有限公司", Some((306, "晨星云服务", None))),
    (2, C, Clouds, "上海东方贸易, 有限公司", None),
    (2, C, Recovery, "成都茶馆", None),
    (2, P, Manager, "深圳伙伴科技", None),
    (3, C, Office, "广州\"珠江\"设计院", None),
    (1, F, Manager, "Benelux, kleine klanten", Some((310, "Benelux, kleine klanten", None))),
    (2, C, Office, "Café 't Hoekje", None),
    (2, C, Office, "Brasserie Liégeoise, S.P.R.L.", None),
    (2, C, Gigabytes, "Drukkerij Van den Bossche", None),
    (1, F, Manager, "Sociétés du Léman", Some((311, "Sociétés du Léman", None))),
    (2, C, Files, "Fiduciaire Crêt & Cie", None),
    (2, C, Servers, "Atelier d'Horlogerie \"Échappement\"", None),
    (1, C, Servers, "O'Brien \"Fast\" Couriers, Ltd.", Some((320, "O'Brien Couriers", None))),
    (2, U, Office, "Depot, Cork", None),
    (2, U, Office, "Depot, Galway", None),
    (1, C, Office, "Boulangerie Père & Fils, S.A.R.L.", Some((321, "Boulangerie Père & Fils", None))),
    (1, C, Servers, "株式会社ひかり物流", Some((322, "ひかり物流", None))),
    (2, U, Servers, "大阪倉庫", None),
    (1, C, Office, "देवनागरी पुस्तकालय", Some((323, "देवनागरी पुस्तकालय", None))),
    (1, C, Converted, "Żółta Łódź Sp. z o.o.", Some((324, "Żółta Łódź", None))),
    (1, C, Clouds, "Citrus, Olive & Co.", Some((325, "Citrus, Olive & Co.", Some("1.1")))),
    (1, C, Unpriced, "Ångström Labs AB", Some((326, "Ångström Labs", None))),
    (1, C, Office, "Çiçek Tekstil A.Ş.", Some((327, "Çiçek Tekstil", None))),
    (1, C, Gigabytes, "Đại Việt Trading", Some((328, "Đại Việt Trading", None))),
    (1, C, Files, "Hôtel de l'Étoile; Genève", Some((330, "Groupe Étoile", None))),
    (1, C, Recovery, "Hôtel de l'Étoile; Lausanne", Some((330, "Groupe Étoile", None))),
    (2, U, Office, "Spa & Bains", None),
    (1, C, Credit, "Panadería \"La Espiga\"", Some((331, "La Espiga", None))),
    (1, C, Recovery, "Jökulsárlón Ferðir ehf.", Some((332, "Jökulsárlón Ferðir", None))),
    (1, C, Trial, "Nova Zkouška, s.r.o.", Some((333, "Nova Zkouška", None))),
    (1, C, Servers, "Clínica Três Rios, Ltda", Some((334, "Clínica Três Rios", None))),
    (1, C, Office, "Kőbánya Könyvelő Kft.", Some((335, "Kőbánya Könyvelő", None))),
    (1, C, Office, "Internal lab, not for sale", Some((0, "", None))),
];

/// The tenant whose servers have a price of their own: O'Brien.
pub(super) const FAVOURED: usize = 31;

/// The demo month, see [`UsageData::demo`].
pub(super) fn month(first_day: Date, seed: u64) -> UsageData {
    let mut month = UsageData::bare(first_day, seed, "Nordlicht Cloud Distribution, S.à r.l.");
    month.user_counts = true;
    month.unused_items = catalogue::unused_items();
    // The tenants above the one being added, by depth.
    let mut above = vec![0];
    for (depth, kind, _, name, enterprise) in TREE {
        above.truncate(usize::from(*depth));
        let index = month.add_tenant(above.last().copied(), *kind, name);
        above.push(index);
        if !index.is_multiple_of(3) {
            month.tenants[index].customer_id = format!("NCD-{:04}", 1_000 + index * 7);
        }
        map_tenant(&mut month, index, *enterprise);
    }
    month.exclude_tenants.insert(0, month.root().id.clone());
    for (number, (_, _, profile, _, _)) in TREE.iter().enumerate() {
        Uses { month: &mut month, tenant: number + 1 }.of(*profile);
    }
    month.prices = super::prices::prices(&month, FAVOURED);
    month
}

fn map_tenant(month: &mut UsageData, index: usize, enterprise: Option<(u64, &str, Option<&str>)>) {
    let tenant_id = month.tenants[index].id.clone();
    match enterprise {
        None => {}
        Some((0, ..)) => month.exclude_tenants.push(tenant_id),
        Some((enterprise, name, factor)) => {
            month.customers.push(Customer { tenant_id, enterprise, enterprise_name: name.into(), factor: factor.map(Into::into) })
        }
    }
}

/// Writes down what one tenant uses.
struct Uses<'a> {
    month: &'a mut UsageData,
    tenant: usize,
}

impl Uses<'_> {
    fn of(&mut self, profile: Profile) {
        match profile {
            Manager => {}
            Office => self.office(),
            Servers => self.servers(),
            Clouds => self.clouds(),
            Recovery => self.recovery(),
            Files => self.files(),
            Gigabytes => {
                self.bytes("SKB-STO-PG", Some(Place::Classic), 300, 900);
                self.pieces("SKB-SRV-PG", 1, 6);
            }
            PartnerVault => {
                self.bytes("SKB-STO-OWN", Some(Place::Partner), 800, 4_000);
                self.pieces("SKB-SRV", 2, 8);
            }
            Credit => {
                self.office();
                self.corrected("SKB-HEX", 6, -16);
            }
            Trial => {
                let seats = self.stock(4, 20, 1);
                self.line(sold("SKB-WKS"), None, Growth::NONE, seats);
                let room = self.stock(20 * GIB, 200 * GIB, GIB);
                self.line(sold("SKB-STO"), Some(Place::Frankfurt), Growth::NONE, room);
            }
            Converted => {
                self.office();
                let seats = Growth::Step { day: 11, before: 0, after: 9 };
                let trial = Growth::Constant(3);
                self.line(sold("SKB-VM"), None, seats, trial);
            }
            Unpriced => {
                self.servers();
                self.pieces("SKB-SRV-ADV", 2, 9);
            }
        }
    }

    fn office(&mut self) {
        self.pieces("SKB-WKS", 5, 60);
        self.pieces("SKB-M365", 5, 80);
        self.bytes("SKB-LOCAL", None, 40, 600);
        self.bytes("SKB-STO", Some(Place::Frankfurt), 60, 700);
        let seats = self.stock(3, 40, 1);
        self.line(unsold("pw_o365_onedrive"), None, seats, Growth::NONE);
        if self.any(0x0ff1, 2) == 0 {
            self.pieces("SKB-GWS", 3, 30);
            self.pieces("SKB-MOB", 1, 25);
        }
    }

    fn servers(&mut self) {
        self.pieces("SKB-SRV", 2, 14);
        self.pieces("SKB-VM", 4, 70);
        self.bytes("SKB-STO", Some(Place::Frankfurt), 400, 2_600);
        self.bytes("SKB-STO", Some(Place::Classic), 20, 300);
        self.pieces("SKB-WEB", 1, 9);
    }

    fn clouds(&mut self) {
        self.pieces("SKB-VM", 10, 90);
        self.bytes("SKB-STO-GOOGLE", Some(Place::Google), 200, 1_800);
        self.bytes("SKB-STO-AZURE", Some(Place::Azure), 900, 5_000);
        self.pieces("SKB-HEX", 8, 60);
        // One drive went to the data centre on the 9th.
        let drive = Growth::Step { day: 9, before: 0, after: 1 };
        self.line(sold("SKB-DRIVE"), None, drive, Growth::NONE);
    }

    fn recovery(&mut self) {
        self.pieces("SKB-SRV", 2, 6);
        self.bytes("SKB-DR-STO", Some(Place::Recovery), 30, 500);
        let before = self.any(0xdc, 900 * HOUR);
        let points = Growth::Counter { before, per_day: HOUR, wobble: 3 * HOUR };
        self.line(sold("SKB-DR-CPU"), Some(Place::Recovery), points, Growth::NONE);
        self.pieces("SKB-DR-SRV", 1, 4);
        self.pieces("SKB-DR-IP", 1, 7);
    }

    fn files(&mut self) {
        self.pieces("SKB-FC-USER", 5, 40);
        self.bytes("SKB-FC-STO", Some(Place::Classic), 50, 1_200);
        let notes = Growth::Counter { before: 4_000, per_day: 3, wobble: 20 };
        self.line(sold("SKB-NOTAR"), None, notes, Growth::NONE);
        let signed = Growth::Counter { before: 120, per_day: 0, wobble: 4 };
        self.line(sold("SKB-ESIGN"), None, signed, Growth::NONE);
        self.bytes("SKB-NOT-STO", None, 1, 9);
    }

    /// Pieces from `least` on, and up to one more each day of the last third.
    fn pieces(&mut self, sku: &str, least: i64, most: i64) {
        let before = least + self.any(0x91ece, most - least);
        let day = 3 + self.any(0xda7, 25);
        let after = before + self.any(0xaf7e, 4);
        self.line(sold(sku), None, Growth::Step { day, before, after }, Growth::NONE);
    }

    /// Between `least` and `most` GiB, and no round number; growing.
    fn bytes(&mut self, sku: &str, place: Option<Place>, least: i64, most: i64) {
        let stock = self.stock(least * GIB, most * GIB, GIB);
        self.line(sold(sku), place, stock, Growth::NONE);
    }

    fn corrected(&mut self, sku: &str, pieces: i64, correction: i64) {
        self.pieces(sku, pieces, pieces + 1);
        if let Some(line) = self.month.lines.last_mut() {
            line.correction = correction;
        }
    }

    fn stock(&self, least: i64, most: i64, step: i64) -> Growth {
        let start = least + self.any(0x570c, most - least);
        Growth::Stock { start, per_day: start / 100, wobble: step }
    }

    /// A number below `below`, of this tenant's next line.
    fn any(&self, salt: u64, below: i64) -> i64 {
        let line = self.month.lines.len() as u64;
        pick(self.month.seed, &[self.tenant as u64, line, salt], below)
    }

    fn line(&mut self, item: Item, place: Option<Place>, production: Growth, trial: Growth) {
        // The partner that runs the vault is the first below the root.
        let infra = place.map(|place| infra(self.month, place, 1));
        self.month.lines.push(Line { tenant: self.tenant, item, infra, production, trial, correction: 0 });
    }
}
