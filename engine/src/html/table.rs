//! Tables: <https://html.spec.whatwg.org/#the-table-element>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};

use super::{
    HTMLTableCaptionElement, HTMLTableCellElement, HTMLTableElement, HTMLTableRowElement,
    HTMLTableSectionElement, create,
};
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection, mutation},
    generated::{
        HTMLTableElementMethods, HTMLTableRowElementMethods, HTMLTableSectionElementMethods,
    },
};

fn is(tree: &Tree, id: NodeId, name: &str) -> bool {
    tree.is_html_element(id, name)
}

fn is_row(tree: &Tree, id: NodeId) -> bool {
    is(tree, id, "tr")
}

fn is_cell(tree: &Tree, id: NodeId) -> bool {
    is(tree, id, "td") || is(tree, id, "th")
}

fn is_section(tree: &Tree, id: NodeId) -> bool {
    is(tree, id, "thead") || is(tree, id, "tbody") || is(tree, id, "tfoot")
}

/// The rows of a table: of its heads first, then its own and its bodies', then of
/// its feet.
///
/// <https://html.spec.whatwg.org/#dom-table-rows>
fn rows(tree: &Tree, table: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    let of = |section: NodeId| tree.children(section).filter(|&id| is_row(tree, id));
    for child in tree.children(table).filter(|&id| is(tree, id, "thead")) {
        out.extend(of(child));
    }
    for child in tree.children(table) {
        if is_row(tree, child) {
            out.push(child);
        } else if is(tree, child, "tbody") {
            out.extend(of(child));
        }
    }
    for child in tree.children(table).filter(|&id| is(tree, id, "tfoot")) {
        out.extend(of(child));
    }
    out
}

fn index_size(what: &str, index: i32, count: usize) -> Error {
    Error::dom(
        DomExceptionName::IndexSize,
        format!("{what} {index} is not there: the index goes from -1 to {count}"),
    )
}

/// Checks an index of `insertRow` and its like: `None` is the end.
fn insertion(what: &str, index: i32, count: usize) -> Fallible<Option<usize>> {
    match usize::try_from(index) {
        Ok(at) if at < count => Ok(Some(at)),
        Ok(at) if at == count => Ok(None),
        _ if index == -1 => Ok(None),
        _ => Err(index_size(what, index, count)),
    }
}

/// Checks an index of `deleteRow` and its like; -1 is the last, if there is one.
fn deletion(what: &str, index: i32, list: &[NodeId]) -> Fallible<Option<NodeId>> {
    if index == -1 {
        return Ok(list.last().copied());
    }
    let found = usize::try_from(index).ok().and_then(|at| list.get(at).copied());
    found.map(Some).ok_or_else(|| index_size(what, index, list.len()))
}

impl HTMLTableElementMethods for Obj<HTMLTableElement> {
    fn caption(&self, cx: &mut Cx) -> Option<Obj<HTMLTableCaptionElement>> {
        let caption = self.child(cx, "caption")?;
        cx.wrap_as(caption)
    }

    fn set_caption(
        &self,
        cx: &mut Cx,
        value: Option<Obj<HTMLTableCaptionElement>>,
    ) -> Fallible<()> {
        self.delete_caption(cx)?;
        if let Some(caption) = value {
            let first = cx.engine().tree().first_child(self.id());
            mutation::pre_insert(cx, caption.id(), self.id(), first)?;
        }
        Ok(())
    }

    fn create_caption(&self, cx: &mut Cx) -> Fallible<Obj<HTMLTableCaptionElement>> {
        if let Some(caption) = self.caption(cx) {
            return Ok(caption);
        }
        let caption = create(cx, "caption");
        let first = cx.engine().tree().first_child(self.id());
        mutation::insert(cx, caption, self.id(), first);
        Ok(cx.wrap(caption).upcast())
    }

    fn delete_caption(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(caption) = self.child(cx, "caption") {
            mutation::remove(cx, caption);
        }
        Ok(())
    }

    fn t_head(&self, cx: &mut Cx) -> Option<Obj<HTMLTableSectionElement>> {
        let head = self.child(cx, "thead")?;
        cx.wrap_as(head)
    }

    /// <https://html.spec.whatwg.org/#dom-table-thead>
    fn set_t_head(&self, cx: &mut Cx, value: Option<Obj<HTMLTableSectionElement>>) -> Fallible<()> {
        if let Some(head) = &value {
            self.check_section(cx, head, "thead")?;
        }
        self.delete_t_head(cx)?;
        if let Some(head) = value {
            let before = self.after_columns(cx);
            mutation::pre_insert(cx, head.id(), self.id(), before)?;
        }
        Ok(())
    }

    fn create_t_head(&self, cx: &mut Cx) -> Fallible<Obj<HTMLTableSectionElement>> {
        if let Some(head) = self.t_head(cx) {
            return Ok(head);
        }
        let head = create(cx, "thead");
        let before = self.after_columns(cx);
        mutation::insert(cx, head, self.id(), before);
        Ok(cx.wrap(head).upcast())
    }

    fn delete_t_head(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(head) = self.child(cx, "thead") {
            mutation::remove(cx, head);
        }
        Ok(())
    }

    fn t_foot(&self, cx: &mut Cx) -> Option<Obj<HTMLTableSectionElement>> {
        let foot = self.child(cx, "tfoot")?;
        cx.wrap_as(foot)
    }

    fn set_t_foot(&self, cx: &mut Cx, value: Option<Obj<HTMLTableSectionElement>>) -> Fallible<()> {
        if let Some(foot) = &value {
            self.check_section(cx, foot, "tfoot")?;
        }
        self.delete_t_foot(cx)?;
        if let Some(foot) = value {
            mutation::append(cx, foot.id(), self.id())?;
        }
        Ok(())
    }

    fn create_t_foot(&self, cx: &mut Cx) -> Fallible<Obj<HTMLTableSectionElement>> {
        if let Some(foot) = self.t_foot(cx) {
            return Ok(foot);
        }
        let foot = create(cx, "tfoot");
        mutation::insert(cx, foot, self.id(), None);
        Ok(cx.wrap(foot).upcast())
    }

    fn delete_t_foot(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(foot) = self.child(cx, "tfoot") {
            mutation::remove(cx, foot);
        }
        Ok(())
    }

    fn t_bodies(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let is_body = |tree: &Tree, id: NodeId| is(tree, id, "tbody");
        dom::collection_of(cx, &self.upcast(), "tBodies", Filter::ChildrenThat(is_body))
    }

    /// <https://html.spec.whatwg.org/#dom-table-createtbody>
    fn create_t_body(&self, cx: &mut Cx) -> Fallible<Obj<HTMLTableSectionElement>> {
        let body = create(cx, "tbody");
        let before = {
            let agent = cx.engine();
            let tree = agent.tree();
            let last = tree.children(self.id()).filter(|&id| is(&tree, id, "tbody")).last();
            last.and_then(|last| tree.next_sibling(last))
        };
        mutation::insert(cx, body, self.id(), before);
        Ok(cx.wrap(body).upcast())
    }

    fn rows(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "rows", Filter::Find(rows))
    }

    /// <https://html.spec.whatwg.org/#dom-table-insertrow>
    fn insert_row(&self, cx: &mut Cx, index: i32) -> Fallible<Obj<HTMLTableRowElement>> {
        let rows = rows(&cx.engine().tree(), self.id());
        let at = insertion("row", index, rows.len())?;
        let row = create(cx, "tr");
        match (at, rows.last()) {
            (Some(at), _) => {
                let parent = cx.engine().tree().parent(rows[at]).unwrap_or(self.id());
                mutation::insert(cx, row, parent, Some(rows[at]));
            }
            (None, Some(&last)) => {
                let parent = cx.engine().tree().parent(last).unwrap_or(self.id());
                mutation::insert(cx, row, parent, None);
            }
            // The first row goes into the last body, or a new one.
            (None, None) => {
                let body = {
                    let agent = cx.engine();
                    let tree = agent.tree();
                    tree.children(self.id()).filter(|&id| is(&tree, id, "tbody")).last()
                };
                let body = match body {
                    Some(body) => body,
                    None => self.create_t_body(cx)?.id(),
                };
                mutation::insert(cx, row, body, None);
            }
        }
        Ok(cx.wrap(row).upcast())
    }

    fn delete_row(&self, cx: &mut Cx, index: i32) -> Fallible<()> {
        let rows = rows(&cx.engine().tree(), self.id());
        if let Some(row) = deletion("row", index, &rows)? {
            mutation::remove(cx, row);
        }
        Ok(())
    }
}

/// What a table can do beside its interface.
trait Table {
    /// The first child of this name.
    fn child(&self, cx: &Cx, name: &str) -> Option<NodeId>;
    /// The first child that is neither caption nor columns.
    fn after_columns(&self, cx: &Cx) -> Option<NodeId>;
    fn check_section(
        &self,
        cx: &Cx,
        section: &Obj<HTMLTableSectionElement>,
        name: &str,
    ) -> Fallible<()>;
}

impl Table for Obj<HTMLTableElement> {
    fn child(&self, cx: &Cx, name: &str) -> Option<NodeId> {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.children(self.id()).find(|&id| is(&tree, id, name))
    }

    fn after_columns(&self, cx: &Cx) -> Option<NodeId> {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.children(self.id()).find(|&id| {
            tree.is_element(id) && !is(&tree, id, "caption") && !is(&tree, id, "colgroup")
        })
    }

    fn check_section(
        &self,
        cx: &Cx,
        section: &Obj<HTMLTableSectionElement>,
        name: &str,
    ) -> Fallible<()> {
        if is(&cx.engine().tree(), section.id(), name) {
            return Ok(());
        }
        Err(Error::dom(DomExceptionName::HierarchyRequest, format!("the element is not a {name}")))
    }
}

impl HTMLTableSectionElementMethods for Obj<HTMLTableSectionElement> {
    fn rows(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "rows", Filter::ChildrenThat(is_row))
    }

    /// <https://html.spec.whatwg.org/#dom-tbody-insertrow>
    fn insert_row(&self, cx: &mut Cx, index: i32) -> Fallible<Obj<HTMLTableRowElement>> {
        let rows = children(cx, self.id(), is_row);
        let at = insertion("row", index, rows.len())?;
        let row = create(cx, "tr");
        mutation::insert(cx, row, self.id(), at.map(|at| rows[at]));
        Ok(cx.wrap(row).upcast())
    }

    fn delete_row(&self, cx: &mut Cx, index: i32) -> Fallible<()> {
        let rows = children(cx, self.id(), is_row);
        if let Some(row) = deletion("row", index, &rows)? {
            mutation::remove(cx, row);
        }
        Ok(())
    }
}

fn children(cx: &Cx, parent: NodeId, test: fn(&Tree, NodeId) -> bool) -> Vec<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.children(parent).filter(|&id| test(&tree, id)).collect()
}

/// The place of a node in a list, -1 if it is not there.
fn place(list: &[NodeId], id: NodeId) -> i32 {
    let found = list.iter().position(|&other| other == id);
    found.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

impl HTMLTableRowElementMethods for Obj<HTMLTableRowElement> {
    /// <https://html.spec.whatwg.org/#dom-tr-rowindex>
    fn row_index(&self, cx: &mut Cx) -> i32 {
        let agent = cx.engine();
        let tree = agent.tree();
        let Some(parent) = tree.parent(self.id()) else { return -1 };
        let table = if is_section(&tree, parent) { tree.parent(parent) } else { Some(parent) };
        match table {
            Some(table) if is(&tree, table, "table") => place(&rows(&tree, table), self.id()),
            _ => -1,
        }
    }

    /// <https://html.spec.whatwg.org/#dom-tr-sectionrowindex>
    fn section_row_index(&self, cx: &mut Cx) -> i32 {
        let parent = cx.engine().tree().parent(self.id());
        let Some(parent) = parent else { return -1 };
        let agent = cx.engine();
        if is(&agent.tree(), parent, "table") || is_section(&agent.tree(), parent) {
            return place(&children(cx, parent, is_row), self.id());
        }
        -1
    }

    fn cells(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "cells", Filter::ChildrenThat(is_cell))
    }

    /// <https://html.spec.whatwg.org/#dom-tr-insertcell>
    fn insert_cell(&self, cx: &mut Cx, index: i32) -> Fallible<Obj<HTMLTableCellElement>> {
        let cells = children(cx, self.id(), is_cell);
        let at = insertion("cell", index, cells.len())?;
        let cell = create(cx, "td");
        mutation::insert(cx, cell, self.id(), at.map(|at| cells[at]));
        Ok(cx.wrap(cell).upcast())
    }

    fn delete_cell(&self, cx: &mut Cx, index: i32) -> Fallible<()> {
        let cells = children(cx, self.id(), is_cell);
        if let Some(cell) = deletion("cell", index, &cells)? {
            mutation::remove(cx, cell);
        }
        Ok(())
    }
}

impl crate::generated::HTMLTableCellElementMethods for Obj<HTMLTableCellElement> {
    /// <https://html.spec.whatwg.org/#dom-tdth-cellindex>
    fn cell_index(&self, cx: &mut Cx) -> i32 {
        let parent = cx.engine().tree().parent(self.id());
        match parent {
            Some(row) if is_row(&cx.engine().tree(), row) => {
                place(&children(cx, row, is_cell), self.id())
            }
            _ => -1,
        }
    }
}
