import { Menu, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Dataset, RowPreview, TablePreview } from '../../../shared/contract/datasets.ts'
import type { UiError } from '../../api/ui-error.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, ScrollRegion } from '../../components/Layout.tsx'
import {
  boundOfConcentration,
  boundOfPX,
  concentrationOf,
  formatConcentration,
  formatPX,
  pXName,
} from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './import.module.css'
import { assignRole, type Choices, type Missing, ROLES, roleOf } from './import-choices.ts'

interface FileTableProps {
  preview: TablePreview
  choices: Choices
  onChange(choices: Choices): void
}

/** The first records as the file has them. A click on a column's head gives it a part. */
export function FileTable({ preview, choices, onChange }: FileTableProps): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.side}>
      <h3 className={classes.caption}>{t('import.inFile')}</h3>
      <ScrollRegion className={classes.wrap} label={t('import.inFile')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col" className="muted">
                {t('data.line')}
              </th>
              {preview.columns.map((name, index) => {
                const role = roleOf(choices, index)
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                  <th key={index} scope="col" className={role ? classes.used : undefined}>
                    <Menu position="bottom-start">
                      <Menu.Target>
                        <UnstyledButton fz="xs" fw={500} aria-label={t('import.roleOf', { column: name })}>
                          <div>{name || t('import.column', { n: index + 1 })}</div>
                          <span className={role ? classes.roleChip : 'muted'}>
                            {role ? t(`role.${role}`) : t('import.notUsed')}
                          </span>
                        </UnstyledButton>
                      </Menu.Target>
                      <Menu.Dropdown>
                        {ROLES.map(each => (
                          <Menu.Item key={each} onClick={() => onChange(assignRole(choices, each, index))}>
                            {t(`role.${each}`)}
                          </Menu.Item>
                        ))}
                        {role && (
                          <Menu.Item onClick={() => onChange(assignRole(choices, role, null))}>
                            {t('import.notUsed')}
                          </Menu.Item>
                        )}
                      </Menu.Dropdown>
                    </Menu>
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map(row => (
              <tr key={row.line}>
                <td className="muted">{row.line}</td>
                {preview.columns.map((_, index) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
                    key={index}
                    className={roleOf(choices, index) ? classes.used : undefined}
                    title={row.cells[index]}
                  >
                    {row.cells[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  )
}

interface MadeTableProps {
  rows: readonly RowPreview[] | undefined
  error: UiError | undefined
  endpoint: Dataset['endpoint']
  /** What must be chosen before anything can be made of the rows. */
  waitingFor: readonly Missing[] | null
}

/** What Bindery makes of the same records. */
export function MadeTable({ rows, error, endpoint, waitingFor }: MadeTableProps): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.side}>
      <h3 className={classes.caption}>{t('import.made')}</h3>
      {waitingFor ? (
        <EmptyNote
          title={t('import.chooseFirst')}
          text={waitingFor.map(name => t(`import.missing.${name}`)).join(', ')}
        />
      ) : rows === undefined && !error ? (
        <EmptyNote title={t('common.loading')} />
      ) : error ? (
        <ErrorCard error={error} />
      ) : (
        <ScrollRegion className={classes.wrap} label={t('import.made')}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col" className="muted">
                  {t('data.line')}
                </th>
                <th scope="col">{t('data.structure')}</th>
                <th scope="col">{pXName(endpoint)}</th>
                <th scope="col">{t('data.concentration')}</th>
              </tr>
            </thead>
            <tbody>
              {rows?.map(row => (
                <tr key={row.line}>
                  <td className="muted">{row.line}</td>
                  {row.problem === null && row.smiles !== null && row.pX !== null ? (
                    <>
                      <td>
                        <Depiction smiles={row.smiles} width={84} height={52} />
                      </td>
                      <td>
                        <strong>
                          {boundOfPX(row.relation ?? '=')}
                          {formatPX(row.pX)}
                        </strong>
                      </td>
                      <td>
                        {boundOfConcentration(row.relation ?? '=')}
                        {formatConcentration(concentrationOf(row.pX))}
                      </td>
                    </>
                  ) : (
                    <td colSpan={3} className={classes.problem} style={{ whiteSpace: 'normal', maxWidth: 'none' }}>
                      {row.problem ?? t('import.noValue')}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </div>
  )
}
