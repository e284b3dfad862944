//! Saved views of a list: its filters under a name.
mod view;

use application::Views;
use axum::extract::RawQuery;
use domain::{
    field::Field,
    page::Total,
    store::{Repository, UnitOfWork},
    values::{ViewName, ViewQuery},
    view::{View, ViewDetails, ViewId},
};
use uuid::Uuid;

use super::{ListContext, ListPage, ListQuery};
use crate::{
    error::WebError,
    form::Form,
    form_data::FormData,
    page::{Page, PageResult, PathId},
    text::Notice,
};

pub(super) use view::{save_link, strip};

/// The routes of one list's views. Users who may view the list may open, save and remove its views.
macro_rules! view_routes {
    ($list:literal, $permission:expr, $record:ty) => {{
        use $crate::{
            lists::saved,
            routes::{Access::May, action, page},
        };
        [
            page(concat!($list, "/views"), May($permission), saved::list::<$record>),
            page(concat!($list, "/views/new"), May($permission), saved::new::<$record>),
            action(concat!($list, "/views"), May($permission), saved::save::<$record>),
            page(concat!($list, "/views/{id}/edit"), May($permission), saved::edit::<$record>),
            action(concat!($list, "/views/{id}/edit"), May($permission), saved::update::<$record>),
            action(concat!($list, "/views/{id}/removal"), May($permission), saved::remove::<$record>),
        ]
    }};
}
pub(crate) use view_routes;

/// How many views the bar over the list shows; a link leads to the others.
const SHOWN: usize = 6;
/// The counts of the views are read with each list page.
const COUNTED: usize = 4;

/// A view as its list shows it.
pub(super) struct SavedView {
    pub(super) view: View,
    /// The number of records. `None` for a view with a text search, because counting would repeat the search each time.
    /// Also `None` for a view with more parts than [`COUNTED`].
    pub(super) total: Option<Total>,
}

/// The bar of saved views over a list.
pub(super) struct ViewBar {
    pub(super) saved: Vec<SavedView>,
    /// How many further views exist.
    pub(super) more: usize,
    /// The list that could be saved. `None` if it is the default list, or already saved.
    pub(super) new: Option<ListContext>,
}

/// The list query of the view. Filters that this version does not know are left out.
fn list_query<R: ListPage>(view: &View) -> ListQuery {
    ListQuery::read::<R>(&FormData::from_query(view.query.as_str().as_bytes()))
}

async fn counted<R>(page: &Page, views: Vec<View>) -> Result<Vec<SavedView>, WebError>
where
    R: ListPage,
    dyn UnitOfWork: Repository<R>,
{
    let mut lists = Vec::new();
    for view in &views {
        let asked = list_query::<R>(view);
        let parts = asked.parts::<R>(&page.session).ok();
        lists.push(parts.filter(|it| it.len() <= COUNTED && asked.search.trim().is_empty()));
    }
    let counted: Vec<Vec<R::Filter>> = lists.iter().flatten().cloned().collect();
    let mut totals = page.session.totals::<R>(&counted).await?.into_iter();
    let total = |it: Option<_>| it.and_then(|_| totals.next());
    let totals: Vec<Option<Total>> = lists.into_iter().map(total).collect();
    Ok(views.into_iter().zip(totals).map(|(view, total)| SavedView { view, total }).collect())
}

impl ViewBar {
    pub(super) async fn over<R>(page: &Page, asked: &ListQuery) -> Result<Self, WebError>
    where
        R: ListPage,
        dyn UnitOfWork: Repository<R>,
    {
        let mut views = page.session.views(R::KIND).await?.views;
        let query = asked.query();
        let is_saved = query.is_empty() || views.iter().any(|it| it.query.as_str() == query);
        // The open view is always in the bar.
        if let Some(open) = views.iter().position(|it| it.query.as_str() == query).filter(|it| *it >= SHOWN) {
            views.swap(SHOWN - 1, open);
        }
        let more = views.len().saturating_sub(SHOWN);
        views.truncate(SHOWN);
        let new = (!is_saved).then(|| ListContext::of_list(asked));
        Ok(Self { saved: counted::<R>(page, views).await?, more, new })
    }
}

/// All views of a list, to open, rename, share and remove.
pub(crate) async fn list<R>(page: Page) -> PageResult
where
    R: ListPage,
    dyn UnitOfWork: Repository<R>,
{
    let Views { views, owners } = page.session.views(R::KIND).await?;
    let saved = counted::<R>(&page, views).await?;
    Ok(page.show(page.t.saved.title, &view::list::<R>(&page, &saved, &owners)))
}

pub(crate) async fn new<R: ListPage>(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let mut form = Form::default();
    form.key(page.session.now());
    let list_context = ListContext::of_query(query.as_deref());
    Ok(page.show_form(page.t.saved.save, &form, &view::form::<R>(&page, &form, &list_context, None)))
}

pub(crate) async fn save<R: ListPage>(page: Page, data: FormData) -> PageResult {
    let (list_context, mut form) = (ListContext::whole(&data)?, Form::of(data));
    let id = ViewId(form.key(page.session.now()));
    // Normalised, so that equal lists have equal queries.
    let query = ViewQuery::parse(&list_context.list_query::<R>().query()).map_err(|_| WebError::BadRequest)?;
    if let Some(details) = details(&mut form) {
        match page.session.save_view(id, R::KIND, query, details).await {
            Ok(_) => return Ok(page.redirect(&list_context.list_query::<R>().with(&[]), Notice::ViewSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    Ok(page.show_form(page.t.saved.save, &form, &view::form::<R>(&page, &form, &list_context, None)))
}

pub(crate) async fn edit<R: ListPage>(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_edit::<R>(page, ViewId(id), None).await
}

pub(crate) async fn update<R: ListPage>(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (ViewId(id), Form::of(data));
    if let Some(details) = details(&mut form) {
        match page.session.edit_view(R::KIND, id, form.version(), details).await {
            Ok(()) => return Ok(page.redirect(&format!("{}/views", R::LIST), Notice::ViewSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit::<R>(page, id, Some(form)).await
}

async fn show_edit<R: ListPage>(page: Page, id: ViewId, sent: Option<Form>) -> PageResult {
    let view = page.session.own_view(R::KIND, id).await?;
    let mut stored = FormData::default().with(Field::Name, view.details.name.as_str());
    if view.details.shared {
        stored.set(Field::Shared.code(), "1");
    }
    let version = view.stamp.version;
    let mut form = sent.unwrap_or_else(|| {
        let mut shown = stored.clone();
        shown.set("version", version.to_string());
        Form::of(shown)
    });
    // Only after a conflict the form shows the stored values.
    form.show_saved(stored, version, None);
    let content = view::form::<R>(&page, &form, &ListContext::default(), Some(&view));
    Ok(page.show_form(view.details.name.as_str(), &form, &content))
}

pub(crate) async fn remove<R: ListPage>(page: Page, PathId(id): PathId<Uuid>, _: FormData) -> PageResult {
    page.session.remove_view(R::KIND, ViewId(id)).await?;
    Ok(page.redirect(&format!("{}/views", R::LIST), Notice::ViewRemoved))
}

fn details(form: &mut Form) -> Option<ViewDetails> {
    let shared = form.value(Field::Shared) == "1";
    Some(ViewDetails { name: form.parse(Field::Name, ViewName::parse)?, shared })
}
