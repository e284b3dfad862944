//! The matrix boxes that a user may change: all boxes of other roles, or only those of permissions that the user holds.
use std::collections::BTreeSet;

use crate::{
    roles::{SAVE, cell, has, nina_with, post, sent, tick},
    support::{
        Answer, Site, html,
        office::{Person, everything::everything},
    },
};
use domain::{
    access::{DefaultRole, Permission},
    role::Role,
};

#[tokio::test]
async fn an_administrator_changes_every_role_but_their_own() {
    let site = Site::new().await;
    let mut alla = site.browser(Person::Alla).await;
    let [administrator, operator] =
        [site.office.role(DefaultRole::Administrator).await, site.office.role(DefaultRole::Operator).await];
    let page = alla.get("/roles").await;
    let open = open_boxes(&page);
    for it in Permission::ALL {
        assert!(!open.contains(&cell(administrator, it.code())), "her own role");
        assert!(open.contains(&cell(operator, it.code())), "{it:?}");
    }
    assert!(page.text().contains("меняет другой администратор") && !page.text().contains("Серые клетки"));
    let fields = sent(&page, SAVE);
    assert!(!has(&fields, &cell(administrator, "version")));
    let before = everything(&*site.office.store).await;
    let mut own = vec![(cell(administrator, "version"), "1".to_owned())];
    tick(&mut own, &cell(administrator, "leads.view"));
    let answer = post(&mut alla, SAVE, &own).await;
    assert!(answer.status == 403 && answer.text().contains("меняет другой администратор"), "{}", answer.status);
    assert_eq!(everything(&*site.office.store).await, before);
    let mut beyond = fields;
    tick(&mut beyond, &cell(operator, "clients.view"));
    assert_eq!(post(&mut alla, SAVE, &beyond).await.status, 303);
    assert!(site.office.stored::<Role>(operator).await.permissions.contains(Permission::ViewClients));
}

#[tokio::test]
async fn a_user_without_users_edit_changes_only_held_permissions() {
    let site = Site::new().await;
    let held = [Permission::ViewRoles, Permission::EditRoles, Permission::ViewAudit];
    let mut nina = nina_with(&site, held).await;
    let operator = site.office.role(DefaultRole::Operator).await;
    let page = nina.get("/roles").await;
    let open = open_boxes(&page);
    for it in Permission::ALL {
        assert_eq!(open.contains(&cell(operator, it.code())), held.contains(&it), "{it:?}");
    }
    assert!(page.text().contains("Серые клетки вам недоступны"));
    let before = everything(&*site.office.store).await;
    let mut beyond = sent(&page, SAVE);
    tick(&mut beyond, &cell(operator, "clients.view"));
    tick(&mut beyond, &cell(operator, "audit.view"));
    let answer = post(&mut nina, SAVE, &beyond).await;
    assert_eq!(answer.status, 403);
    let alert = html::tags(&answer.text()).iter().any(|it| it.get("role") == Some("alert"));
    assert!(alert && answer.text().contains("которых нет у вас"));
    // The user's own boxes come back as submitted, the others as stored.
    let again = sent(&answer, SAVE);
    assert!(has(&again, &cell(operator, "audit.view")) && has(&again, &cell(operator, "leads.view")));
    assert!(!has(&again, &cell(operator, "clients.view")));
    assert_eq!(everything(&*site.office.store).await, before);
}

/// The names of the enabled checkboxes.
fn open_boxes(page: &Answer) -> BTreeSet<String> {
    let boxes = html::tags(&page.text()).into_iter().filter(|it| it.get("type") == Some("checkbox"));
    boxes.filter_map(|it| it.get("name").map(str::to_owned)).collect()
}
